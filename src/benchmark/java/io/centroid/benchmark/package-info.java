/**
 * Measures the job against what people would use instead: contenders, in turn, and their tables.
 * What is measured lives in the other packages; nothing of the job depends on this one.
 */
package io.centroid.benchmark;
