package io.centroid.data;

import io.centroid.error.JobException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Decodes the pickles of CIFAR-10 and refuses every other.
 *
 * <p>A pickle is a program that may call any function it names. This reader knows the few functions
 * that rebuild a NumPy array of bytes; a pickle that names anything else is refused before anything
 * is constructed. The names are resolved here, not in {@link Unpickler#registerConstructor}, whose
 * table is shared with everything else in the JVM.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">pickletools: the opcodes</a>
 */
final class BatchUnpickler extends Unpickler {
  /** Byte strings may come as UTF-8 text, where half of the byte values take two bytes. */
  private static final long STRING_BYTES_MAXIMUM = 2L * Cifar10.BATCH_IMAGES * Cifar10.FEATURES;

  private final String file;

  private BatchUnpickler(String file) {
    this.file = file;
  }

  /**
   * Decodes one pickle, of protocol 2 to 5, that takes up the whole stream.
   *
   * <p>Strings of one-byte length are {@code String}s, longer ones {@code byte[]}; arrays are
   * {@link NumpyArray}s.
   *
   * @throws JobException when it is damaged or names a function it does not need
   */
  static Object load(String file, InputStream in) throws IOException {
    Content content = new Content(file, in);
    Object root;
    try {
      root = new BatchUnpickler(file).load(content);
    } catch (JobException refused) {
      throw refused;
    } catch (RuntimeException malformed) {
      // The library fails in many ways on nonsense: casts, empty stacks, numbers out of range.
      throw JobException.data(
          ("Cannot read %s: found a malformed pickle at byte offset %d (%.200s),"
                  + " expected a CIFAR-10 batch. Get a fresh copy of the file.")
              .formatted(file, content.position, malformed.getMessage()),
          malformed);
    }
    if (in.read() >= 0) {
      throw JobException.data(
          ("Cannot read %s: found more data after the pickle's end at byte offset %d,"
                  + " expected none. Get a fresh copy of the file.")
              .formatted(file, content.position));
    }
    return root;
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    switch (opcode) {
      case Opcodes.GLOBAL -> {
        String module = PickleUtils.readline(input);
        stack.add(resolve(module, PickleUtils.readline(input)));
      }
      case Opcodes.STACK_GLOBAL -> {
        String name = (String) stack.pop();
        stack.add(resolve((String) stack.pop(), name));
      }
      case Opcodes.INST -> {
        String module = PickleUtils.readline(input);
        throw refused(module + "." + PickleUtils.readline(input));
      }
      case Opcodes.EXT1, Opcodes.EXT2, Opcodes.EXT4 -> throw refused("an extension code");
      case Opcodes.PERSID, Opcodes.BINPERSID -> throw refused("a persistent id");
      case Opcodes.NEXT_BUFFER -> throw refused("a buffer outside of it");
      case Opcodes.BUILD -> build();
      case Opcodes.BINSTRING, Opcodes.BINBYTES -> stack.add(string(4));
      case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> stack.add(string(8));
      case Opcodes.BINUNICODE -> stack.add(new String(string(4), StandardCharsets.UTF_8));
      case Opcodes.BINUNICODE8 -> stack.add(new String(string(8), StandardCharsets.UTF_8));
      case Opcodes.LONG4 -> throw new PickleException("a number of more than 255 bytes");
      default -> {
        return super.dispatch(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  private IObjectConstructor resolve(String module, String name) {
    // NumPy 2 renamed numpy.core to numpy._core.
    String global = module.replaceFirst("^numpy\\._core\\.", "numpy.core.") + "." + name;
    return switch (global) {
      case "numpy.core.multiarray._reconstruct" -> arguments -> new NumpyArray();
      case "numpy.core.numeric._frombuffer" -> NumpyArray::fromBuffer;
      case "numpy.dtype" -> arguments -> new NumpyArray.Type((String) arguments[0]);
      case "_codecs.encode" -> BatchUnpickler::encode;
      // Named as the argument of _reconstruct, never called.
      case "numpy.ndarray" ->
          arguments -> {
            throw new PickleException("a call of numpy.ndarray");
          };
      default -> throw refused(module + "." + name);
    };
  }

  private JobException refused(String global) {
    return JobException.data(
        ("Cannot read %s: found a pickle that names %.100s, expected only what a CIFAR-10 batch needs."
                + " Do not trust this file.")
            .formatted(file, global));
  }

  /** How Python 3 writes bytes in protocol 2: as text, to be encoded in Latin-1. */
  private static byte[] encode(Object[] arguments) {
    if (!"latin1".equals(arguments[1])) {
      throw new PickleException("bytes as text in encoding " + arguments[1]);
    }
    return ((String) arguments[0]).getBytes(StandardCharsets.ISO_8859_1);
  }

  private void build() {
    Object[] state = (Object[]) stack.pop();
    Object target = stack.peek();
    if (target instanceof NumpyArray array) {
      array.setState(state);
    } else if (!(target instanceof NumpyArray.Type)) {
      // The state of a type of single bytes (byte order, alignment) says nothing more.
      throw new PickleException("a state without an array");
    }
  }

  /** Reads a string's length and the string. */
  private byte[] string(int lengthBytes) throws IOException {
    byte[] encoded = PickleUtils.readbytes(input, lengthBytes);
    long length =
        lengthBytes == 4
            ? PickleUtils.bytes_to_uint(encoded, 0)
            : PickleUtils.bytes_to_long(encoded, 0);
    if (length < 0 || length > STRING_BYTES_MAXIMUM) {
      throw new PickleException("a string of " + Long.toUnsignedString(length) + " bytes");
    }
    return PickleUtils.readbytes(input, length);
  }

  /** The pickle's bytes: counted, and a failure where they end too early. */
  private static final class Content extends FilterInputStream {
    private final String file;
    private long position;

    Content(String file, InputStream in) {
      super(in);
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value < 0) {
        throw truncated();
      }
      position++;
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      if (count < 0) {
        throw truncated();
      }
      position += count;
      return count;
    }

    private JobException truncated() {
      return JobException.data(
          ("Cannot read %s: found its end at byte offset %d inside the pickle,"
                  + " expected a complete pickle. Get a fresh copy of the file.")
              .formatted(file, position));
    }
  }
}
