/**
 * An example as a step takes it: shape, coding as bytes, minibatches, augmentation, and the random
 * numbers that go with it. No networks and no Spark.
 */
package io.centroid.example;
