package io.centroid.evaluate;

import java.util.List;

/**
 * Examples to classify together.
 *
 * @param <E> what is known of an example beside its features
 * @param examples n of them
 * @param features flat, normalized as the network was trained, example after example; may be
 *     written again when the next batch of the same iterator is asked for
 */
@SuppressWarnings("ArrayRecordComponent") // lives within a task
public record FeatureBatch<E>(List<E> examples, float[] features) {}
