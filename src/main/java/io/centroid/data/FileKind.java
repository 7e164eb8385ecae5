package io.centroid.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * What a file is that people have in place of CIFAR-10's archives and batches, by its first bytes.
 * The constants are in the order in which one is named where there are several.
 */
@SuppressWarnings("ImmutableEnumChecker") // its tests are functions of the bytes alone
public enum FileKind {
  /** A tar archive. */
  TAR("a tar archive", "Give its path", FileKind::isTar),
  /** A gzip'd file, perhaps a tar archive. */
  GZIP("gzip'd data", "Uncompress it with gunzip", start -> has(start, 0x1f, 0x8b)),
  /** What Git has in place of a large file. */
  GIT_LFS_POINTER(
      "a Git LFS pointer in place of a file",
      "Fetch the file itself with git lfs pull",
      start -> text(start).startsWith("version https://git-lfs")),
  /** A page, as a server or a network's login sends it in place of a file. */
  HTML(
      "an HTML page",
      "A server or the network's login sent it in place of a file: download it again",
      start ->
          text(start)
              .matches("(?s)\\s*(<!--.*?-->\\s*)?<(!doctype html|html|head|body|meta)\\b.*")),
  /** An object store's answer, for one. */
  XML(
      "an XML document",
      "A server may have sent it in place of a file: download it again",
      start -> text(start).stripLeading().startsWith("<?xml")),
  /** Version 5 to 7 of MATLAB's own format. */
  MATLAB(
      "a MATLAB file",
      "CIFAR-10's MATLAB version is not read: " + lower(Advice.OFFICIAL),
      start -> text(start).startsWith("matlab ")),
  /** Several NumPy arrays. */
  NPZ(
      "NumPy arrays (.npz)",
      Advice.OFFICIAL,
      start -> isZip(start) && firstEntry(start).endsWith(".npy")),
  /** What {@code torch.save} writes. */
  PYTORCH(
      "a PyTorch file",
      Advice.OFFICIAL,
      start -> isZip(start) && firstEntry(start).endsWith("/data.pkl")),
  /** Any other zip archive. */
  ZIP("a zip archive", "Unpack it and give the directory", FileKind::isZip),
  /** The archive format that Kaggle has CIFAR-10 in. */
  SEVEN_ZIP("a 7z archive", Advice.OFFICIAL, start -> has(start, '7', 'z', 0xbc, 0xaf, 0x27, 0x1c)),
  /** A RAR archive. */
  RAR("a RAR archive", "Unpack it and give the directory", start -> has(start, 'R', 'a', 'r', '!')),
  /** Compressed by bzip2. */
  BZIP2("a file compressed by bzip2", Advice.UNCOMPRESS, start -> has(start, 'B', 'Z', 'h')),
  /** Compressed by xz. */
  XZ(
      "a file compressed by xz",
      Advice.UNCOMPRESS,
      start -> has(start, 0xfd, '7', 'z', 'X', 'Z', 0)),
  /** Compressed by Zstandard. */
  ZSTD("a file compressed by zstd", Advice.UNCOMPRESS, start -> has(start, 0x28, 0xb5, 0x2f, 0xfd)),
  /** Compressed by LZ4. */
  LZ4("a file compressed by lz4", Advice.UNCOMPRESS, start -> has(start, 4, 0x22, 0x4d, 0x18)),
  /** Compressed by the old {@code compress}. */
  COMPRESS("a file compressed by compress", Advice.UNCOMPRESS, start -> has(start, 0x1f, 0x9d)),
  /** What Hugging Face has data sets in, in a layout of its own. */
  PARQUET("Parquet of another layout", Advice.OFFICIAL, start -> has(start, 'P', 'A', 'R', '1')),
  /** An Arrow file. */
  ARROW("an Arrow file", Advice.OFFICIAL, start -> text(start).startsWith("arrow1")),
  /** An Arrow stream, which Hugging Face's cache holds. */
  ARROW_STREAM(
      "an Arrow stream",
      Advice.OFFICIAL,
      start -> has(start, 0xff, 0xff, 0xff, 0xff) && start.length > 8 && start[7] == 0),
  /** An HDF5 file, MATLAB's version 7.3 not among them. */
  HDF5("an HDF5 file", Advice.OFFICIAL, start -> has(start, 0x89, 'H', 'D', 'F', '\r', '\n')),
  /** A TensorFlow Datasets file: a length and its masked CRC-32C. */
  TFRECORD("a TFRecord file", Advice.OFFICIAL, FileKind::isTfRecord),
  /** One NumPy array. */
  NPY("a NumPy array (.npy)", Advice.OFFICIAL, start -> has(start, 0x93, 'N', 'U', 'M', 'P', 'Y')),
  /** The format of MNIST: two zeros, a type, the number of dimensions. */
  IDX(
      "an IDX file, as MNIST's are",
      "Give the directory with its four files",
      start ->
          start.length >= 8
              && has(start, 0, 0, 8)
              && start[3] >= 1
              && start[3] <= 4
              && start[4] == 0),
  /** An SQLite database. */
  SQLITE("an SQLite database", Advice.OFFICIAL, start -> text(start).startsWith("sqlite format 3")),
  /** An LMDB database: its magic number after the first page's header. */
  LMDB(
      "an LMDB database",
      Advice.OFFICIAL,
      start ->
          start.length >= 20 && has(Arrays.copyOfRange(start, 16, 20), 0xde, 0xc0, 0xef, 0xbe)),
  /** Pictures one by one, in class folders or not. */
  PICTURE(
      "a picture",
      "Put those of each class into a directory of its own, and give the directory of these",
      FileKind::isPicture),
  /** A Python pickle of any protocol. */
  PICKLE(
      "a Python pickle",
      "A batch is one of six: give the directory with data_batch_1 to data_batch_5 and test_batch",
      FileKind::isPickle),
  /** A JSON document. */
  JSON(
      "a JSON document",
      Advice.OFFICIAL,
      start -> text(start).matches("(?s)\\s*[{\\[]\\s*[\"{\\[].*")),
  /** A file of no bytes. */
  EMPTY("an empty file", "Get a fresh copy of it", start -> start.length == 0),
  /** What a tar archive without members is, or a file that was never filled. */
  ZEROS(
      "zeros, as in an empty tar archive",
      "Get a fresh copy of it",
      start ->
          start.length == FileKind.START_BYTES && Arrays.equals(start, new byte[start.length]));

  /** How many of a file's first bytes {@link #of} looks at: a tar header. */
  public static final int START_BYTES = 512;

  /** What several kinds advise. */
  private static final class Advice {
    static final String OFFICIAL =
        "Give cifar-10-binary.tar.gz or cifar-10-python.tar.gz, which --download fetches";
    static final String UNCOMPRESS = "Uncompress it, and give the path of what comes out";

    private Advice() {}
  }

  private final String found;
  private final String advice;
  private final Predicate<byte[]> test;

  FileKind(String found, String advice, Predicate<byte[]> test) {
    this.found = found;
    this.advice = advice;
    this.test = test;
  }

  /**
   * The kind of a file.
   *
   * @param start its first {@link #START_BYTES} bytes, or all if it has fewer
   */
  public static Optional<FileKind> of(byte[] start) {
    return Arrays.stream(values()).filter(kind -> kind.test.test(start)).findFirst();
  }

  /** The first bytes of a stream that can be marked, for {@link #of}; they stay in it. */
  public static byte[] peek(InputStream in) throws IOException {
    in.mark(START_BYTES);
    byte[] start = in.readNBytes(START_BYTES);
    in.reset();
    return start;
  }

  /** What it is, as messages say it after "found". */
  public String found() {
    return found;
  }

  /** What to do about it: a sentence without its full stop. */
  public String advice() {
    return advice;
  }

  /** Whether {@code ArchiveStream} reads it. */
  public boolean isArchive() {
    return this == TAR || this == GZIP;
  }

  private static String lower(String sentence) {
    return "g" + sentence.substring(1);
  }

  private static boolean has(byte[] start, int... magic) {
    return start.length >= magic.length
        && IntStream.range(0, magic.length).allMatch(i -> start[i] == (byte) magic[i]);
  }

  /** As text, in lower case, without a byte order mark. */
  private static String text(byte[] start) {
    return new String(start, StandardCharsets.UTF_8)
        .replaceFirst("^\ufeff", "")
        .toLowerCase(Locale.ROOT);
  }

  private static boolean isTar(byte[] start) {
    try {
      return start.length == START_BYTES && TarUtils.verifyCheckSum(start);
    } catch (IllegalArgumentException noNumberWhereTheChecksumIs) {
      return false;
    }
  }

  private static boolean isZip(byte[] start) {
    return has(start, 'P', 'K', 3, 4) || has(start, 'P', 'K', 5, 6) || has(start, 'P', 'K', 7, 8);
  }

  /** The name in the first local header: its length is at byte 26, itself at byte 30. */
  private static String firstEntry(byte[] start) {
    int name = 30;
    int length = start.length < name ? 0 : (start[26] & 0xff) | ((start[27] & 0xff) << 8);
    int end = Math.min(start.length, name + length);
    return end <= name ? "" : new String(start, name, end - name, StandardCharsets.ISO_8859_1);
  }

  private static boolean isTfRecord(byte[] start) {
    if (start.length < 12) {
      return false;
    }
    CRC32C sum = new CRC32C();
    sum.update(start, 0, 8);
    int masked = Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(8) == masked;
  }

  private static boolean isPicture(byte[] start) {
    return has(start, 0x89, 'P', 'N', 'G')
        || has(start, 0xff, 0xd8, 0xff)
        || has(start, 'G', 'I', 'F', '8')
        || has(start, 'I', 'I', '*', 0)
        || has(start, 'M', 'M', 0, '*')
        || (has(start, 'B', 'M')
            && start.length > 9
            && has(Arrays.copyOfRange(start, 6, 10), 0, 0, 0, 0))
        || (has(start, 'R', 'I', 'F', 'F') && text(start).startsWith("webp", 8));
  }

  /** Protocol 2 or later says so; before, a dictionary, list or tuple begins it. */
  private static boolean isPickle(byte[] start) {
    return has(start, 0x80)
        || List.of("(d", "(l", "}q", "]q", "(i", "ccol", "ccop", "cnum", "(}", "}(").stream()
            .anyMatch(new String(start, StandardCharsets.ISO_8859_1)::startsWith);
  }
}
