/**
 * The scoring job: pictures, shards or official files in, one row for each out. How a model
 * predicts is in {@code compute}, how it is read in {@code evaluate}.
 */
package io.centroid.score;
