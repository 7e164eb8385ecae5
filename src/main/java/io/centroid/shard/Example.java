package io.centroid.shard;

import java.io.Serializable;

/**
 * One row of a shard. A file holds features, for any program to read; here they are the pixels that
 * the features were made from.
 *
 * @param id the image's place in the official order: training images from 0, test images after them
 * @param label its class, 0 to 9
 * @param pixels {@code byte[3072]}, unsigned, height × width × channel order
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Example(long id, int label, byte[] pixels) implements Serializable {}
