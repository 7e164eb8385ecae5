package io.centroid.source;

import java.io.Serializable;

/**
 * A row of a table without its label.
 *
 * @param id that of its id column, or a hash of its features
 * @param features little-endian floats; null when it is unreadable
 * @param problem why it is unreadable; null when it is not
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way through a task
public record TableRow(String id, byte[] features, String problem) implements Serializable {}
