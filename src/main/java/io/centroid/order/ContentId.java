package io.centroid.order;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The id of what has none: a hash of its content, SHA-256, so that it does not matter in which
 * order it comes.
 *
 * @param id its first 39 bits; the lowest {@link #NUMBER_BITS} bits are 0
 * @param tie 64 bits more
 */
public record ContentId(long id, long tie) {
  /** Of an id, for a number among equal ones. */
  public static final int NUMBER_BITS = 24;

  /** That of a content, in parts. */
  public static ContentId of(byte[]... parts) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new ContentId(hash.getLong() >>> 1 >>> NUMBER_BITS << NUMBER_BITS, hash.getLong());
  }
}
