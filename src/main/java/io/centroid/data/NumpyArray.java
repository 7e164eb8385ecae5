package io.centroid.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * A NumPy array on its way out of a pickle: first made empty, then given its state, as {@code
 * numpy.core.multiarray._reconstruct} and {@code ndarray.__setstate__} do it.
 */
final class NumpyArray {
  private int[] shape = {0};
  private Type type;
  private boolean fortranOrder;
  private byte[] bytes = {};

  /**
   * A NumPy dtype.
   *
   * @param name such as "u1" for uint8
   */
  record Type(String name) {}

  /** The array that {@code numpy.core.numeric._frombuffer} makes of its four arguments. */
  static NumpyArray fromBuffer(Object[] arguments) {
    NumpyArray array = new NumpyArray();
    array.set(
        (Object[]) arguments[2],
        (Type) arguments[1],
        !"C".equals(arguments[3]),
        (byte[]) arguments[0]);
    return array;
  }

  /** Takes {@code (version, shape, dtype, is Fortran order, bytes)}. */
  void setState(Object[] state) {
    // NumPy 1 pickled the flag as a bool or as a number.
    boolean fortran = !(Boolean.FALSE.equals(state[3]) || Integer.valueOf(0).equals(state[3]));
    set((Object[]) state[1], (Type) state[2], fortran, (byte[]) state[4]);
  }

  private void set(Object[] newShape, Type newType, boolean newFortranOrder, byte[] newBytes) {
    shape = Arrays.stream(newShape).mapToInt(extent -> ((Number) extent).intValue()).toArray();
    type = Objects.requireNonNull(newType);
    fortranOrder = newFortranOrder;
    bytes = Objects.requireNonNull(newBytes);
  }

  int[] shape() {
    return shape;
  }

  boolean isUint8() {
    return type != null && type.name().equals("u1");
  }

  String type() {
    return type == null ? "none" : type.name();
  }

  boolean fortranOrder() {
    return fortranOrder;
  }

  /** The values; shared, not copied. */
  byte[] bytes() {
    return bytes;
  }
}
