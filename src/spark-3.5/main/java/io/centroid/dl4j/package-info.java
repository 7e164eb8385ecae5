/**
 * All that needs Deeplearning4j's Spark module: the engine as a {@code TrainingMaster}, and
 * Deeplearning4j's own averaging as a baseline. No other package may import {@code
 * org.deeplearning4j.spark}.
 */
package io.centroid.dl4j;
