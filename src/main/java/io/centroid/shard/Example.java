package io.centroid.shard;

import java.io.Serializable;

/**
 * One row of a shard. A file holds features, for any program to read; here they are the pixels that
 * the features were made from.
 *
 * @param id no other example of the set has it; of CIFAR-10 the image's place in the official order
 * @param label its class, from 0
 * @param pixels unsigned, height × width × channel order
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record Example(long id, int label, byte[] pixels) implements Serializable {}
