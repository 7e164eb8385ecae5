package io.centroid.cifar;

import io.centroid.error.JobException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.lang3.ArrayUtils;

/**
 * What follows an opcode in a pickle: numbers, bytes and texts in the forms that Python has had for
 * them. All bytes are counted; where they end too early, or are too many, reading fails.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">pickletools: the opcodes</a>
 */
final class PickleInput {
  /** The images as 8-byte numbers take 246 MB. */
  static final long BYTES_MAXIMUM = 256L << 20;

  /** Python's numbers have any length; those of a batch have few digits. */
  private static final int NUMBER_BYTES_MAXIMUM = 255;

  private final String file;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private long position;

  /**
   * Reads a pickle.
   *
   * @param file its name, as messages have it
   */
  PickleInput(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** How many bytes have been read. */
  long position() {
    return position;
  }

  /** Whether nothing follows. */
  boolean isAtEnd() throws IOException {
    if (next == end) {
      next = 0;
      end = Math.max(0, in.read(buffer));
    }
    return next == end;
  }

  int read() throws IOException {
    if (isAtEnd()) {
      throw truncated();
    }
    advance(1);
    return Byte.toUnsignedInt(buffer[next++]);
  }

  byte[] bytes(long length) throws IOException {
    if (length < 0 || length > BYTES_MAXIMUM) {
      throw new IllegalArgumentException("a string of " + Long.toUnsignedString(length) + " bytes");
    }
    int buffered = (int) Math.min(length, end - next);
    byte[] bytes = Arrays.copyOfRange(buffer, next, next + buffered);
    next += buffered;
    if (buffered < length) { // grows as they come
      bytes = ArrayUtils.addAll(bytes, in.readNBytes((int) length - buffered));
    }
    advance(bytes.length);
    if (bytes.length < length) {
      throw truncated();
    }
    return bytes;
  }

  /** A number without sign of so many bytes, the least significant first. */
  long number(int length) throws IOException {
    long value = 0;
    byte[] bytes = bytes(length);
    for (int i = length - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | Byte.toUnsignedInt(bytes[i]);
    }
    return value;
  }

  /** A number with a sign of so many bytes, the least significant first: Long or BigInteger. */
  Object signed(long length) throws IOException {
    if (length > NUMBER_BYTES_MAXIMUM) {
      throw new IllegalArgumentException("a number of more than 255 bytes");
    }
    byte[] bytes = bytes(length);
    ArrayUtils.reverse(bytes);
    return bytes.length == 0 ? Long.valueOf(0) : number(new BigInteger(bytes));
  }

  /** A line with a number in decimal digits: Long, BigInteger or, written 00 or 01, Boolean. */
  Object decimal() throws IOException {
    String line = line();
    if (line.equals("00") || line.equals("01")) {
      return line.equals("01");
    }
    if (line.length() > NUMBER_BYTES_MAXIMUM) {
      throw new IllegalArgumentException("a number of more than 255 digits");
    }
    return number(new BigInteger(line.replaceFirst("L$", "")));
  }

  private static Object number(BigInteger value) {
    if (value.bitLength() < Long.SIZE) {
      return value.longValue();
    }
    return value;
  }

  String utf8(long length) throws IOException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  /** A line in Latin-1, without its end. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (!isAtEnd()) {
      int stop = ArrayUtils.indexOf(buffer, (byte) '\n', next);
      int length = (stop < 0 || stop > end ? end : stop) - next;
      line.write(buffer, next, length);
      next += length;
      advance(length);
      if (next < end) {
        read(); // the line's end
        return line.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw truncated();
  }

  /** A line with a text of Python 2 as its {@code repr}. */
  byte[] quoted() throws IOException {
    String line = line();
    int last = line.length() - 1;
    boolean isQuoted =
        last > 0 && line.charAt(0) == line.charAt(last) && "'\"".indexOf(line.charAt(0)) >= 0;
    if (!isQuoted) {
      throw new IllegalArgumentException("text without quotes");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(last);
    for (int i = 1; i < last; i++) {
      char letter = line.charAt(i);
      if (letter == '\\') {
        letter = line.charAt(++i);
        int escaped = "abtnvfr".indexOf(letter);
        if (letter == 'x') {
          letter = (char) Integer.parseInt(line, i + 1, i + 3, 16);
          i += 2;
        } else if (escaped >= 0) {
          letter = "\u0007\b\t\n\u000b\f\r".charAt(escaped);
        } else if ("\\'\"".indexOf(letter) < 0) {
          throw new IllegalArgumentException("the escape \\" + letter);
        }
      }
      bytes.write(letter);
    }
    return bytes.toByteArray();
  }

  /** A line in Python's raw-unicode-escape: Latin-1, and other characters by their numbers. */
  String rawUnicode() throws IOException {
    String line = line();
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int at = line.indexOf('\\'); at >= 0; at = line.indexOf('\\', from)) {
      text.append(line, from, at);
      char kind = at + 1 < line.length() ? line.charAt(at + 1) : ' ';
      int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (digits == 0) {
        text.append('\\');
        from = at + 1;
      } else {
        from = at + 2 + digits;
        text.appendCodePoint(Integer.parseInt(line, at + 2, from, 16));
      }
    }
    return text.append(line, from, line.length()).toString();
  }

  private void advance(int bytes) {
    position += bytes;
    if (position > BYTES_MAXIMUM) {
      throw tooLong();
    }
  }

  JobException tooLong() {
    return JobException.data(
        ("Cannot read %s: found a pickle of more than %d bytes, expected a CIFAR-10 batch of about 31"
                + " million. Get a fresh copy of the file.")
            .formatted(file, BYTES_MAXIMUM));
  }

  private JobException truncated() {
    return JobException.data(
        ("Cannot read %s: found its end at byte offset %d inside the pickle,"
                + " expected a complete pickle. Get a fresh copy of the file.")
            .formatted(file, position));
  }
}
