/**
 * Counting on the executors, and metrics with their intervals; models as they were published, for
 * prediction. How one thread predicts is in {@code compute}.
 */
package io.centroid.evaluate;
