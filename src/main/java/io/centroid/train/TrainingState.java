package io.centroid.train;

/**
 * What a worker starts a round from, and what averaging makes a new one of. The arrays are never
 * written after construction.
 *
 * @param parameters θ, the network's flat parameters
 * @param updaterState u, the update rule's flat state (Adam: first and second moments); empty for
 *     rules without state
 * @param iteration t, the steps made so far
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
public record TrainingState(float[] parameters, float[] updaterState, int iteration) {}
