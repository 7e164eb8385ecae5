/** Prepare, train, gate and promote, one after the other, each in a process of its own. */
package io.centroid.pipeline;
