/**
 * Hadoop file systems: of which kind they are, and what their failures mean for the user. Nothing
 * here writes.
 */
package io.centroid.storage;
