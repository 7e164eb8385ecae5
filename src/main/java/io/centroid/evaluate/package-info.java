/** Evaluation on the executors, and the metrics with their intervals. */
package io.centroid.evaluate;
