/** Measures Centroid against what people would use instead. */
package io.centroid.benchmark;
