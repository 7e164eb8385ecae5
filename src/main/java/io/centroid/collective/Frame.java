package io.centroid.collective;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * What one JVM sends another: who sends it, in which attempt and round, what it is, and a checksum.
 *
 * @param attempt no other group of members has it
 * @param kind what it is
 * @param round the round it belongs to
 * @param sender the place of the sending JVM in the group
 * @param index the worker, or the array that is kept by owners; 0 where neither is meant
 * @param chunk the chunk; 0 where none is meant
 */
record Frame(long attempt, Kind kind, int round, int sender, int index, int chunk) {
  /** Bytes before what a frame holds: the fields, and CRC-32C of these and what follows. */
  static final int HEADER = Long.BYTES + 6 * Integer.BYTES;

  private static final int CHECKSUM_AT = HEADER - Integer.BYTES;
  private static final Kind[] KINDS = Kind.values();

  /** What a frame is. */
  enum Kind {
    /** The sender is alive. */
    BEAT(1),
    /** A worker's weight and what it tells of its round. */
    NOTE(2),
    /** A chunk of what a worker contributes. */
    PART(3),
    /** A chunk of the mean. */
    MEAN(4),
    /** A chunk of an array that is kept by the owners. */
    KEPT(5);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) {
      for (Kind kind : KINDS) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("a frame of kind " + code);
    }
  }

  /** An empty buffer for a frame that holds at most so many bytes. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes the frame with values. */
  void write(ByteBuffer buffer, float[] values, int from, int length) {
    buffer.clear().position(HEADER);
    buffer.asFloatBuffer().put(values, from, length);
    seal(buffer, HEADER + length * Float.BYTES);
  }

  /** Writes the frame with bytes. */
  void write(ByteBuffer buffer, byte[] bytes) {
    buffer.clear().position(HEADER);
    buffer.put(bytes);
    seal(buffer, HEADER + bytes.length);
  }

  private void seal(ByteBuffer buffer, int end) {
    buffer
        .putLong(0, attempt)
        .putInt(8, kind.code)
        .putInt(12, round)
        .putInt(16, sender)
        .putInt(20, index)
        .putInt(24, chunk);
    buffer.limit(end).position(0);
    buffer.putInt(CHECKSUM_AT, checksum(buffer));
  }

  /**
   * Reads the header, and leaves the buffer before what the frame holds.
   *
   * @throws IllegalArgumentException when it is no frame, or a damaged one
   */
  static Frame read(ByteBuffer buffer) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    int at = buffer.position();
    if (buffer.remaining() < HEADER) {
      throw new IllegalArgumentException(
          "a frame of %d bytes, expected at least %d".formatted(buffer.remaining(), HEADER));
    }
    if (buffer.getInt(at + CHECKSUM_AT) != checksum(buffer)) {
      throw new IllegalArgumentException("a damaged frame: its checksum is wrong");
    }
    Frame frame =
        new Frame(
            buffer.getLong(at),
            Kind.of(buffer.getInt(at + 8)),
            buffer.getInt(at + 12),
            buffer.getInt(at + 16),
            buffer.getInt(at + 20),
            buffer.getInt(at + 24));
    buffer.position(at + HEADER);
    return frame;
  }

  private static int checksum(ByteBuffer buffer) {
    int at = buffer.position();
    CRC32C checksum = new CRC32C();
    checksum.update(buffer.duplicate().limit(at + CHECKSUM_AT));
    checksum.update(buffer.duplicate().position(at + HEADER));
    return (int) checksum.getValue();
  }
}
