/**
 * Which example belongs to which logical worker, in which order it is visited, and where it lies in
 * executor memory. What happens to examples in a step is in {@code compute}.
 */
package io.centroid.deal;
