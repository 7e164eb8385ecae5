/**
 * Failures that a user or a scheduler can tell apart: a category, which is an exit code, and one
 * line. What storage failures mean is in {@code storage}.
 */
package io.centroid.error;
