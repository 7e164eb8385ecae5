/**
 * What one thread computes: a network's training steps and its predictions, and the state that
 * steps change. No Spark; what averaging makes of states is in {@code average}.
 */
package io.centroid.compute;
