package io.centroid.model;

import io.centroid.data.FloatBytes;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bulk copies between flat float arrays on the heap and the flat native arrays in which
 * Deeplearning4j keeps parameters and updater state. ND4J's own element access and streams are
 * several times slower.
 */
public final class FlatParameters {
  /** No values at all. */
  public static final float[] NONE = {};

  private FlatParameters() {}

  /** The values of a dense float array, in its own order; a null array has none. */
  public static float[] read(INDArray source) {
    if (source == null) {
      return NONE;
    }
    float[] values = new float[Math.toIntExact(source.length())];
    start(source).get(values);
    return values;
  }

  /**
   * Overwrites a dense float array.
   *
   * @throws IllegalArgumentException when the lengths differ
   */
  public static void write(float[] values, INDArray target) {
    long length = target == null ? 0 : target.length();
    if (length != values.length) {
      throw new IllegalArgumentException(
          "Cannot copy parameters: found " + values.length + " values, expected " + length + ".");
    }
    if (length > 0) {
      start(target).put(values);
    }
  }

  /**
   * Overwrites a whole array with the first values of a longer or equal one; used for minibatches.
   *
   * @param values at least as many as {@code target} holds, in C order
   */
  public static void fill(float[] values, INDArray target) {
    view(target).put(values, 0, Math.toIntExact(target.length()));
  }

  /**
   * The native memory of a whole array in C order, from position 0 on. It belongs to the array: not
   * to be closed, and not to be used after the array is.
   */
  public static FloatPointer view(INDArray array) {
    return start(array.reshape(array.length()));
  }

  /** SHA-256 of the values as big-endian float32, 64 lower-case hexadecimal digits. */
  public static String sha256(float[] values) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    FloatBytes.write(values, ByteOrder.BIG_ENDIAN, digest::update);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static FloatPointer start(INDArray array) {
    if (array.dataType() != DataType.FLOAT
        || !array.isVectorOrScalar()
        || array.elementWiseStride() != 1) {
      throw new IllegalArgumentException(
          "Cannot copy an array in bulk: found "
              + array.dataType()
              + " with stride "
              + array.elementWiseStride()
              + ", expected a dense FLOAT vector.");
    }
    // A second pointer to the same memory, never closed: closing it would free the array.
    return new FloatPointer(array.data().pointer()).getPointer(array.offset());
  }
}
