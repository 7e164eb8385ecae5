package io.centroid.shard;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * SHA-256 over the rows of a shard in file order: of each row the id as 8 bytes and the label as 4
 * bytes, both big-endian, and the pixels. It depends neither on the form the images came in nor on
 * Parquet's encoding; what the pixels became is a function of the manifest's normalization.
 */
final class ContentHash {
  private static final int HEADER = Long.BYTES + Integer.BYTES;

  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private final ByteBuffer header = ByteBuffer.allocate(HEADER);

  void add(Example example) {
    header.putLong(0, example.id()).putInt(Long.BYTES, example.label());
    digest.update(header.array());
    digest.update(example.features());
  }

  /** The hash of everything added, 64 lower-case hexadecimal digits; then starts anew. */
  String value() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
