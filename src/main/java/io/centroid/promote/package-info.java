/**
 * Which model serves: the gate before it, versions, the pointer to the current one, and the way
 * back. How files appear at once is in {@code publish}, what a run leaves in {@code run}.
 */
package io.centroid.promote;
