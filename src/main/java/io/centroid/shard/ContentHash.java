package io.centroid.shard;

import io.centroid.data.FloatBytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * SHA-256 over the rows of a shard in file order: of each row the id as 8 bytes, the label as 4
 * bytes and the features as IEEE 754 float32, all big-endian. It depends neither on the form the
 * images came in nor on Parquet's encoding.
 */
final class ContentHash {
  private static final int HEADER = Long.BYTES + Integer.BYTES;

  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private ByteBuffer row = ByteBuffer.allocate(HEADER);

  void add(long id, int label, float[] features) {
    int length = HEADER + features.length * Float.BYTES;
    if (row.capacity() != length) {
      row = ByteBuffer.allocate(length);
    }
    row.putLong(0, id).putInt(Long.BYTES, label);
    FloatBytes.put(features, row.array(), HEADER, row.order());
    digest.update(row.array());
  }

  /** The hash of everything added, 64 lower-case hexadecimal digits; then starts anew. */
  String value() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
