/**
 * All that needs Deeplearning4j's Spark module, which does not exist for Spark 4: here is only what
 * says so. No other package may import {@code org.deeplearning4j.spark}.
 */
package io.centroid.dl4j;
