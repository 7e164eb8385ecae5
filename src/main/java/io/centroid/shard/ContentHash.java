package io.centroid.shard;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * SHA-256 over the rows of a shard in file order: of each row the id as 8 bytes and the label as 4
 * bytes, its weight as a float of 4 bytes where rows have weights, all big-endian, and the pixels.
 * It depends neither on the form the images came in nor on Parquet's encoding; what the pixels
 * became is a function of the manifest's normalization.
 */
final class ContentHash {
  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private final boolean weighted;
  private final ByteBuffer header;

  ContentHash(boolean weighted) {
    this.weighted = weighted;
    this.header = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + (weighted ? Float.BYTES : 0));
  }

  void add(Example example) {
    header.clear().putLong(example.id()).putInt(example.label());
    if (weighted) {
      header.putFloat(example.weight());
    }
    digest.update(header.array());
    digest.update(example.features());
  }

  /** The hash of everything added, 64 lower-case hexadecimal digits; then starts anew. */
  String value() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
