package io.centroid.shard;

import java.io.Serializable;

/**
 * One row of a shard.
 *
 * @param id the image's place in the official order: training images from 0, test images after them
 * @param label its class, 0 to 9
 * @param features {@code float[3072]}, normalized, height × width × channel order
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Example(long id, int label, float[] features) implements Serializable {}
