/**
 * Prepare, train, gate and promote, one after the other, each in a process of its own. What the
 * steps do is not known here, only how they ended.
 */
package io.centroid.pipeline;
