package io.centroid.publish;

import java.io.Serializable;

/**
 * A file as its writer wrote it.
 *
 * @param name its path below the directory it belongs to, with "/"
 * @param bytes its length
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record WrittenFile(String name, long bytes, String sha256) implements Serializable {}
