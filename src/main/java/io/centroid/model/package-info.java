/**
 * From settings to a Deeplearning4j network: configuration, Keras-style summary, model files,
 * native kernels. No Spark, and no training.
 */
package io.centroid.model;
