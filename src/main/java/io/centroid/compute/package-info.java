/** What one thread computes: a network's training steps and its predictions. No Spark. */
package io.centroid.compute;
