package io.centroid.model;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.lang3.StringUtils;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The entries of a {@code model.zip}, from anybody: an entry of another name, or one that is there
 * twice, is refused, and nothing is believed of what the file says of its own lengths.
 */
final class ModelArchive {
  static final String CONFIGURATION = "configuration.json";
  static final String COEFFICIENTS = "coefficients.bin";
  static final String CARD = "centroid.json";

  /** What training would go on with; it is in the file for Deeplearning4j, and not read. */
  static final String UPDATER = "updaterState.bin";

  private static final Set<String> NAMES = Set.of(CONFIGURATION, COEFFICIENTS, UPDATER, CARD);

  /** The longest text, bytes; one of 20 layers has 40,000. */
  private static final int LONGEST_TEXT = 1 << 20;

  /** More than numbers of a training ever shrink; zeros shrink to a thousandth. */
  private static final int MOST_RATIO = 100;

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END_ENTRIES = 10;
  private static final int END_DIRECTORY_BYTES = 12;
  private static final int END_DIRECTORY_START = 16;
  private static final int LONGEST_NAME = 100;

  private final FileSystem fileSystem;
  private final Path file;
  private final long length;
  private final Map<String, String> texts = new HashMap<>();

  private ModelArchive(FileSystem fileSystem, Path file) throws IOException {
    this.fileSystem = fileSystem;
    this.file = file;
    this.length = fileSystem.getFileStatus(file).getLen();
  }

  /** Reads what is to be read of one entry. */
  @FunctionalInterface
  interface EntryReader<T> {
    /** Reads the entry to its end, which is where its checksum is compared. */
    T read(InputStream entry) throws IOException;
  }

  /**
   * Goes through a file, and keeps its texts.
   *
   * @throws DamagedModelException when it is no archive of a model, or not whole
   */
  static ModelArchive open(FileSystem fileSystem, Path file) throws IOException {
    ModelArchive archive = new ModelArchive(fileSystem, file);
    archive.readTexts();
    return archive;
  }

  /** An entry that is a text, in UTF-8. */
  String text(String name) throws DamagedModelException {
    String text = texts.get(name);
    if (text == null) {
      throw new DamagedModelException("no entry " + name);
    }
    return text;
  }

  /** The most bytes that entries of this file may hold. */
  long mostBytes() {
    return MOST_RATIO * length;
  }

  /**
   * Reads an entry that is no text.
   *
   * @throws DamagedModelException when there is none of that name, or its checksum is wrong
   */
  <T> T read(String name, EntryReader<T> reader) throws IOException {
    try (Entries entries = new Entries(fileSystem.open(file), mostBytes())) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getName().equals(name)) {
          T value = reader.read(entries);
          if (entries.read() >= 0) {
            throw new DamagedModelException(name + " longer than it says");
          }
          return value;
        }
      }
      throw new DamagedModelException("no entry " + name);
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private void readTexts() throws IOException {
    Set<String> found = new HashSet<>();
    try (FSDataInputStream in = fileSystem.open(file)) {
      ByteBuffer end = end(in);
      try (Entries entries = new Entries(in, mostBytes())) {
        for (ZipEntry entry = entries.getNextEntry();
            entry != null;
            entry = entries.getNextEntry()) {
          String name = entry.getName();
          if (!NAMES.contains(name) || !found.add(name)) {
            throw new DamagedModelException(
                (NAMES.contains(name) ? "a second entry " : "an entry ")
                    + StringUtils.abbreviate(name, LONGEST_NAME));
          }
          if (name.equals(CONFIGURATION) || name.equals(CARD)) {
            texts.put(name, text(entries, name));
          }
        }
      }
      if (end.getShort(END_ENTRIES) != found.size()) {
        throw new DamagedModelException("another number of entries than its directory has");
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  /** The record at the end of an archive, without which it was cut. */
  private ByteBuffer end(FSDataInputStream in) throws IOException {
    byte[] bytes = new byte[END_BYTES];
    if (length >= END_BYTES) {
      in.readFully(length - END_BYTES, bytes);
    }
    ByteBuffer end = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long directory =
        Integer.toUnsignedLong(end.getInt(END_DIRECTORY_START))
            + Integer.toUnsignedLong(end.getInt(END_DIRECTORY_BYTES));
    if (end.getInt(0) != END_SIGNATURE || directory != length - END_BYTES) {
      throw new DamagedModelException("no zip archive, or not all of one");
    }
    return end;
  }

  private static String text(InputStream entry, String name) throws IOException {
    byte[] bytes = entry.readNBytes(LONGEST_TEXT + 1);
    if (bytes.length > LONGEST_TEXT) {
      throw new DamagedModelException("more than %,d bytes of %s".formatted(LONGEST_TEXT, name));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static DamagedModelException damaged(Exception cause) {
    DamagedModelException damaged =
        new DamagedModelException("damage (" + cause.getMessage() + ")");
    damaged.initCause(cause);
    return damaged;
  }

  /** Entries one after the other, up to a number of bytes in all of them. */
  private static final class Entries extends ZipInputStream {
    private long left;

    Entries(InputStream in, long mostBytes) {
      super(in);
      left = mostBytes;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      int read = super.read(bytes, from, count);
      left -= Math.max(0, read);
      if (left < 0) {
        throw new DamagedModelException(
            "entries of more than %d times the file's length".formatted(MOST_RATIO));
      }
      return read;
    }
  }
}
