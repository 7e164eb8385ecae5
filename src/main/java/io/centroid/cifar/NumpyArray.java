package io.centroid.cifar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A NumPy array or scalar on its way out of a pickle: first made empty, then given its state, as
 * {@code numpy.core.multiarray._reconstruct} and {@code ndarray.__setstate__} do it.
 */
final class NumpyArray {
  /**
   * The machine formats of the array module: bytes of a number, and whether the first is the
   * highest.
   */
  private static final int[] FORMAT_BYTES = {1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8};

  private static final int MOST = 0xff;

  private int[] shape = {0};
  private int[] strides = {1};
  private Type type;
  private byte[] bytes = {};

  /** The values of an array of Python objects. */
  private List<?> objects;

  /** A NumPy dtype. */
  static final class Type {
    private final String name;
    private final int integerBytes;
    private boolean isBigEndian;

    /**
     * Creates a type of the machine's byte order.
     *
     * @param name such as "u1" for uint8
     */
    Type(String name) {
      this.name = name.replaceFirst("^[<>|=]", "");
      this.isBigEndian = name.startsWith(">");
      this.integerBytes = this.name.matches("[iu][1248]") ? this.name.charAt(1) - '0' : 0;
    }

    /** Takes {@code (version, byte order, ...)}; the rest says nothing more of a number. */
    void setState(Object[] state) {
      isBigEndian = ">".equals(BatchUnpickler.text(state[1]));
    }

    private ByteOrder order() {
      return isBigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** Bytes of a whole number; 0 of anything else. */
    private int integerBytes() {
      return integerBytes;
    }
  }

  /**
   * The array that {@code numpy.core.numeric._frombuffer} makes of its arguments: bytes, type,
   * shape, order, and in NumPy 2.3 where its axes are.
   */
  static NumpyArray fromBuffer(Object[] arguments) {
    NumpyArray array = new NumpyArray();
    String order = BatchUnpickler.text(arguments[3]);
    array.set((Object[]) arguments[2], (Type) arguments[1], order.equals("F"), arguments[0]);
    if (order.equals("K") && arguments.length > 4 && arguments[4] != null) {
      array.transpose(integers((Object[]) arguments[4]));
    }
    return array;
  }

  /** The number that {@code numpy.core.multiarray.scalar} makes of a type and bytes. */
  static NumpyArray scalar(Object[] arguments) {
    NumpyArray array = new NumpyArray();
    Object value = arguments[1] instanceof byte[] ? arguments[1] : Arrays.asList(arguments[1]);
    array.set(new Object[0], (Type) arguments[0], false, value);
    return array;
  }

  /** The array of {@code array.array(type, values)}, from the standard library. */
  static NumpyArray fromList(Object[] arguments) {
    List<?> values = (List<?>) arguments[1];
    NumpyArray array = new NumpyArray();
    array.set(new Object[] {values.size()}, new Type("O"), false, values);
    return array;
  }

  /** The array of {@code array._array_reconstructor(class, type, machine format, bytes)}. */
  static NumpyArray fromArrayModule(Object[] arguments) {
    int format = ((Number) arguments[2]).intValue();
    byte[] values = (byte[]) arguments[3];
    int width = format < FORMAT_BYTES.length ? FORMAT_BYTES[format] : 1;
    boolean isInteger = format < FORMAT_BYTES.length;
    String order = format % 2 == 1 && width > 1 ? ">" : "<";
    NumpyArray array = new NumpyArray();
    array.set(
        new Object[] {values.length / width},
        new Type(order + (isInteger ? "i" + width : BatchUnpickler.text(arguments[1]))),
        false,
        values);
    return array;
  }

  /**
   * Takes {@code (version, shape, dtype, is Fortran order, bytes)}, before NumPy 1 without the
   * version.
   */
  void setState(Object[] state) {
    int first = state.length - 4;
    // NumPy 1 pickled the flag as a bool or as a number.
    Object order = state[first + 2];
    boolean isFortran = !(Boolean.FALSE.equals(order) || isZero(order));
    set((Object[]) state[first], (Type) state[first + 1], isFortran, state[first + 3]);
  }

  private void set(Object[] newShape, Type newType, boolean isFortran, Object content) {
    shape = integers(newShape);
    type = Objects.requireNonNull(newType);
    strides = new int[shape.length];
    int stride = 1;
    for (int i = 0; i < shape.length; i++) {
      int axis = isFortran ? i : shape.length - 1 - i;
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, shape[axis]);
    }
    if (content instanceof List<?> list) {
      objects = list;
    } else {
      bytes = (byte[]) Objects.requireNonNull(content);
    }
  }

  private void transpose(int[] axes) {
    if (!Arrays.equals(
        IntStream.of(axes).sorted().toArray(), IntStream.range(0, shape.length).toArray())) {
      throw new IllegalArgumentException("an order of axes that is none");
    }
    shape = IntStream.of(axes).map(axis -> shape[axis]).toArray();
    strides = IntStream.of(axes).map(axis -> strides[axis]).toArray();
  }

  int[] shape() {
    return shape;
  }

  /** The number of values. */
  int size() {
    return IntStream.of(shape).reduce(1, Math::multiplyExact);
  }

  /** Whether its values are whole numbers, or objects that may be. */
  boolean holdsIntegers() {
    return type != null && (type.integerBytes() > 0 || objects != null);
  }

  String type() {
    return type == null ? "none" : type.name;
  }

  /** How many values its bytes or objects make. */
  int held() {
    return objects != null ? objects.size() : bytes.length / Math.max(1, type.integerBytes());
  }

  /**
   * The values in C order, as bytes without sign; shared, not copied, where that is what it has.
   *
   * @throws IllegalArgumentException with the first value that is no whole number from 0 to 255
   */
  byte[] uint8() {
    boolean isRowMajor = true;
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      isRowMajor &= strides[axis] == stride;
      stride *= shape[axis];
    }
    if (isRowMajor && objects == null && type.name.equals("u1")) {
      return bytes;
    }
    byte[] values = new byte[size()];
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(type.order());
    int[] index = new int[shape.length];
    int place = 0;
    for (int i = 0; i < values.length; i++) {
      long value = objects == null ? integer(numbers, place) : integer(objects.get(place));
      if (value < 0 || value > MOST) {
        throw new IllegalArgumentException("value %d at place %d".formatted(value, i));
      }
      values[i] = (byte) value;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        place += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        place -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return values;
  }

  /**
   * A whole number of Python or a NumPy scalar; -1, which is as little wanted, for anything else.
   */
  static long integer(Object value) {
    if (value instanceof NumpyArray scalar) {
      boolean isOne = scalar.holdsIntegers() && scalar.size() == 1 && scalar.held() == 1;
      return isOne && scalar.objects == null
          ? scalar.integer(ByteBuffer.wrap(scalar.bytes).order(scalar.type.order()), 0)
          : -1;
    }
    return value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
  }

  private long integer(ByteBuffer numbers, int place) {
    boolean isSigned = type.name.startsWith("i");
    int width = type.integerBytes();
    return switch (width) {
      case 1 -> isSigned ? numbers.get(place) : Byte.toUnsignedInt(numbers.get(place));
      case 2 -> {
        short two = numbers.getShort(place * width);
        yield isSigned ? two : Short.toUnsignedInt(two);
      }
      case 4 -> {
        int four = numbers.getInt(place * width);
        yield isSigned ? four : Integer.toUnsignedLong(four);
      }
      default -> numbers.getLong(place * width); // a uint64 that no long holds is negative
    };
  }

  private static boolean isZero(Object value) {
    return value instanceof Number number && number.longValue() == 0;
  }

  private static int[] integers(Object[] values) {
    return Arrays.stream(values).mapToInt(value -> extent(((Number) value).longValue())).toArray();
  }

  private static int extent(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a negative extent");
    }
    return Math.toIntExact(value);
  }
}
