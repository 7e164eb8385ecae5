package io.centroid.data;

/**
 * A file that images were read from.
 *
 * @param name its name without folders
 * @param bytes its size
 * @param sha256 its SHA-256 sum, 64 lower-case hexadecimal digits
 */
public record SourceFile(String name, long bytes, String sha256) {}
