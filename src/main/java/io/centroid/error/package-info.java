/** Failures that a user or a scheduler can tell apart. */
package io.centroid.error;
