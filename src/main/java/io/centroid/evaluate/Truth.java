package io.centroid.evaluate;

/**
 * What is known of an example to be classified.
 *
 * @param label its class, from 0
 * @param weight how much it counts, above 0
 */
public record Truth(int label, float weight) {}
