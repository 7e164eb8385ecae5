/**
 * Which example belongs to which logical worker, in which order it is visited, and on which
 * executor it lies. What happens to examples in a step is in {@code compute}.
 */
package io.centroid.deal;
