/**
 * From settings to a Deeplearning4j network: configuration, Keras-style summary, files. No Spark.
 */
package io.centroid.model;
