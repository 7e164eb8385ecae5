package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.ImageSource;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PickledBatchTest {
  private static final int IMAGES = 10_000;
  private static final int FEATURES = 3072;

  /** The opcodes of False and True, for an array's "is in Fortran order". */
  private static final int C_ORDER = 0x89;

  private static final int FORTRAN_ORDER = 0x88;

  private static byte[] pixels;
  private static byte[] pickledByPython2;

  @BeforeAll
  static void makeBatch() {
    byte[] records = CifarFiles.binaryBatch(Batch.TEST_BATCH);
    pixels = CifarFiles.pixels(records);
    pickledByPython2 = CifarFiles.pickledBatch(Batch.TEST_BATCH, records);
  }

  @Test
  void readsWhatPython2Wrote() throws IOException {
    assertIsTestBatch(pickledByPython2);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void readsWhatPython3Wrote(int protocol) throws IOException {
    assertIsTestBatch(pickledByPython3(protocol));
  }

  @Test
  void readsTextKeys() throws IOException {
    PickleBytes pickle = new PickleBytes(3, 0).op('}').op('(');
    list(pickle.unicode("labels"), labels());
    array(pickle.unicode("data"), "u1", IMAGES, C_ORDER, pixels);
    assertIsTestBatch(pickle.op('u').op('.').bytes());
  }

  static Stream<Arguments> hostileNames() {
    return Stream.of(
        Arguments.of("os.system", start().global("os", "system")),
        Arguments.of("posix.system", new PickleBytes(4, 0).stackGlobal("posix", "system")),
        Arguments.of("__builtin__.eval", start().global("__builtin__", "eval")),
        Arguments.of("builtins.getattr", start().global("builtins", "getattr")),
        Arguments.of("subprocess.Popen", start().global("subprocess", "Popen")),
        Arguments.of("numpy.fromfile", start().global("numpy", "fromfile")),
        Arguments.of("os.system", start().op('(').shortString("id").op('i').ascii("os\nsystem\n")));
  }

  @ParameterizedTest
  @MethodSource("hostileNames")
  void warnsOfAPickleThatNamesWhatAnAttackNeeds(String name, PickleBytes pickle) {
    assertRefused(
        pickle,
        "Cannot read /data/test_batch: found a pickle that names "
            + name
            + ", expected only what a CIFAR-10 batch needs. Do not trust this file.");
  }

  static Stream<Arguments> unknownNames() {
    return Stream.of(
        Arguments.of(
            "pandas.core.frame.DataFrame", start().global("pandas.core.frame", "DataFrame")),
        Arguments.of(
            "torch._utils._rebuild_tensor_v2",
            start().global("torch._utils", "_rebuild_tensor_v2")),
        Arguments.of("my.Batch", new PickleBytes(4, 0).stackGlobal("my", "Batch")),
        Arguments.of("builtins.print", start().global("builtins", "print")),
        Arguments.of("something of a very long name", start().global("x".repeat(101), "y")),
        Arguments.of("an extension code", start().op(0x82).op(1)),
        Arguments.of("a persistent id", start().op('P').ascii("1\n")),
        Arguments.of("a persistent id", start().shortString("1").op('Q')),
        Arguments.of("a buffer outside of it", new PickleBytes(5, 0).op(0x97)));
  }

  @ParameterizedTest
  @MethodSource("unknownNames")
  void callsNothingElseEitherButDoesNotCallItUntrustworthy(String name, PickleBytes pickle) {
    assertRefused(
        pickle,
        "Cannot read /data/test_batch: found a pickle that names "
            + name
            + ", expected only numbers, text, lists, dictionaries and NumPy arrays. Nothing was called;"
            + " save the batch again with these alone, or take the official one.");
  }

  private static void assertRefused(PickleBytes pickle, String message) {
    byte[] call = pickle.shortString("echo").op(0x85).op('R').op('.').bytes();
    assertThatThrownBy(() -> read(call))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessage(message);
  }

  /** What is common and harmless may be there beside the images. */
  @Test
  void passesOverHarmlessObjects() throws IOException {
    PickleBytes pickle = start().op('}').op('(');
    pickle.shortString("day").global("datetime", "date").shortString("\7\1\2\3").op(0x85).op('R');
    pickle
        .shortString("path")
        .global("pathlib", "PosixPath")
        .op('(')
        .unicode("/data")
        .op('t')
        .op('R');
    pickle.shortString("set").op(0x8f).op('(').int1(1).op(0x90);
    pickle.shortString("count").global("collections", "Counter").op(')').op('R');
    pickle.op('(').shortString("a").int1(1).op('u');
    pickle.shortString("more").global("collections", "defaultdict").global("__builtin__", "list");
    pickle.op(0x85).op('R').op('(').int1(1).op('N').op('u');
    pickle.int1(3).op('G').int64(0); // a key that is no text
    assertIsTestBatch(finished(pickle));
  }

  static Stream<Arguments> labelForms() {
    return Stream.of(
        form(
            "tuple",
            p -> {
              p.op('(');
              labels().forEach(p::int1);
              return p.op('t');
            }),
        form("bytes", p -> p.counted('B', labelBytes())),
        form("LONG1", p -> listOf(p, label -> p.op(0x8a).op(1).op(label))),
        form("int64", p -> numbers(p, "i8", "<", 8, false)),
        form("uint8", p -> numbers(p, "u1", "|", 1, false)),
        form("big-endian int32", p -> numbers(p, "i4", ">", 4, true)),
        form("int16 without byte order", p -> numbers(p, "i2", "=", 2, false)),
        form(
            "NumPy scalars",
            p ->
                listOf(
                    p,
                    label -> {
                      p.global("numpy._core.multiarray", "scalar").global("numpy", "dtype");
                      p.unicode("i2").op(0x89).op(0x88).op(0x87).op('R');
                      p.shortBytes((char) label + "\0").op(0x86).op('R');
                    })),
        form(
            "array.array",
            p ->
                p.global("array", "_array_reconstructor")
                    .op('(')
                    .global("array", "array")
                    .unicode("B")
                    .int1(0)
                    .counted('B', labelBytes())
                    .op('t')
                    .op('R')),
        form(
            "objects",
            p -> {
              reconstruct(p.global("numpy.core.multiarray", "_reconstruct"));
              p.op('(').int1(1).int2(IMAGES).op(0x85);
              return list(type(p, "O8").op(C_ORDER), labels()).ascii("tb");
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("labelForms")
  void readsLabelsOfAnyIntegerForm(String name, UnaryOperator<PickleBytes> form)
      throws IOException {
    assertThat(name).isNotEmpty();
    PickleBytes pickle = form.apply(start().op('}').op('(').shortString("labels"));
    assertIsTestBatch(
        array(pickle.shortString("data"), "u1", IMAGES, C_ORDER, pixels).ascii("u.").bytes());
  }

  static Stream<Arguments> dataForms() {
    byte[] columns = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      columns[i % FEATURES * IMAGES + i / FEATURES] = pixels[i];
    }
    byte[] shorts = new byte[2 * pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      shorts[2 * i] = pixels[i];
    }
    return Stream.of(
        form("Fortran order", p -> array(p, "u1", IMAGES, FORTRAN_ORDER, columns)),
        form("int16", p -> array(p, "i2", IMAGES, C_ORDER, shorts)),
        form(
            "NumPy 2.3's order of axes",
            p -> {
              p.global("numpy._core.numeric", "_frombuffer").op('(').counted('B', columns);
              type(p, "u1").int2(FEATURES).int2(IMAGES).op(0x86).unicode("K");
              return p.int1(1).int1(0).op(0x86).ascii("tR");
            }),
        form(
            "planes",
            p -> {
              reconstruct(p.global("numpy.core.multiarray", "_reconstruct"));
              p.op('(').int1(1).op('(').int2(IMAGES).int1(3).int1(32).int1(32).op('t');
              return type(p, "u1").op(C_ORDER).counted('B', pixels).ascii("tb");
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dataForms")
  void readsImagesOfAnyOrderAndIntegerType(String name, UnaryOperator<PickleBytes> form)
      throws IOException {
    assertThat(name).isNotEmpty();
    PickleBytes pickle = list(start().op('}').op('(').shortString("labels"), labels());
    assertIsTestBatch(form.apply(pickle.shortString("data")).ascii("u.").bytes());
  }

  /** Protocols 0 and 1, of Python 2 and 3, have no number at their beginning. */
  @Test
  void readsProtocol0() throws IOException {
    String text = new String(pixels, StandardCharsets.ISO_8859_1);
    String labels = labels().mapToObj(label -> "I" + label + "\na").collect(Collectors.joining());
    String before = "(dp0\nVlabels\np1\n(lp2\n" + labels + "sVdata\np3\n";
    String array = "cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR";
    String type = "cnumpy\ndtype\n(Vu1\nI00\nI01\ntR(I3\nV|\nNNNI-1\nI-1\nL0L\ntb";
    String state = "(I1\n(I10000\nI3072\nt" + type + "I00\n";
    String python3 =
        text.replace("\\", "\\u005c")
            .replace("\0", "\\u0000")
            .replace("\n", "\\u000a")
            .replace("\r", "\\u000d")
            .replace("\u001a", "\\u001a");
    String bytes = "c_codecs\nencode\n(V" + python3 + "\nVlatin1\ntRtbs.";
    assertIsTestBatch((before + array + state + bytes).getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder python2 = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      int special = "\t\n\r\\'".indexOf(letter);
      if (special >= 0) {
        python2.append('\\').append("tnr\\'".charAt(special));
      } else if (letter < ' ' || letter > '~') {
        python2.append("\\x").append(HexFormat.of().toHexDigits((byte) letter));
      } else {
        python2.append(letter);
      }
    }
    assertIsTestBatch(
        (before + array + state + "S'" + python2 + "'\ntbs.")
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  static Stream<Arguments> bombs() {
    PickleBytes nested = start().op(']');
    PickleBytes doubled = start().op(']').put();
    PickleBytes keys = start().op('}');
    PickleBytes again = start().unicode("x".repeat(1 << 20)).put().op('0');
    for (int i = 0; i < 200_000; i++) {
      nested.op(']').op(0x85);
      doubled.op('h').op(1).op('h').op(1).op(0x86).op('q').op(1);
      keys.op('h').op(1).op('N').op('s');
      again.global("_codecs", "encode").op('h').op(1).shortString("latin1").op(0x86).op('R');
      again.op('0');
    }
    PickleBytes deep = start().ascii("(".repeat(200_000)).ascii("t".repeat(200_000));
    PickleBytes wide = start().ascii("N".repeat(600_000));
    for (int i = 0; i < 600_000; i++) {
      wide.op('(').op('t').op('0');
    }
    PickleBytes self = start().op(']').put().op('h').op(1).op('a');
    PickleBytes hashed = start().op('}').op('(').op('N').put();
    for (int i = 0; i < 200; i++) { // tuples whose hash takes 2^200 steps
      hashed.op('h').op(1).op(0x86).op('q').op(1);
    }
    return Stream.of(
        Arguments.of("nested tuples", nested),
        Arguments.of("doubled tuples", doubled),
        Arguments.of("marks", deep),
        Arguments.of("a wide stack", wide),
        Arguments.of("a list in itself", self),
        Arguments.of("a key that cannot be hashed", hashed.op('N').op('u')),
        Arguments.of("keys", keys),
        Arguments.of("the same text encoded again and again", again),
        Arguments.of("steps without end", start().ascii("N0".repeat(1_100_000))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void refusesWhatIsMadeToHurt(String name, PickleBytes pickle) {
    assertThat(name).isNotEmpty();
    assertThatThrownBy(() -> read(pickle.op('.').bytes()))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA));
  }

  static Stream<Arguments> wrongKinds() {
    return Stream.of(
        Arguments.of("an HTML page", "<!DOCTYPE html><title>Moved</title>"),
        Arguments.of("a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid x"),
        Arguments.of("an empty file", ""),
        Arguments.of("a zip archive", "PK\3\4"),
        Arguments.of("gzip'd data", "\u001f\u008b"));
  }

  @ParameterizedTest
  @MethodSource("wrongKinds")
  void namesWhatIsNoBatchAtAll(String found, String content) {
    assertThatThrownBy(() -> read(content.getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessageStartingWith("Cannot read /data/test_batch: found " + found)
        .hasMessageContaining(", expected a CIFAR-10 batch. ");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60, 20_100, 20_215, 1_000_000})
  void namesTheOffsetWhereATruncatedPickleEnds(int length) {
    assertThatThrownBy(() -> read(Arrays.copyOf(pickledByPython2, length)))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read /data/test_batch: found its end at byte offset %d inside the pickle,"
                    .formatted(length)
                + " expected a complete pickle. Get a fresh copy of the file.");
  }

  @Test
  void refusesBytesAfterThePickle() {
    assertThatThrownBy(() -> read(Arrays.copyOf(pickledByPython2, pickledByPython2.length + 1)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining(
            "found more data after the pickle's end at byte offset " + pickledByPython2.length);
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("an unknown opcode", start().op(0xff)),
        Arguments.of("a mark that is missing", start().op('t')),
        Arguments.of("a pop below a mark", start().op('N').op('(').op('a')),
        Arguments.of("an odd number of keys and values", start().op('}').ascii("(Nu")),
        Arguments.of("a memo that is empty", start().op('h').op(3)),
        Arguments.of("a number that is none", start().ascii("Iten\n")),
        Arguments.of("text without quotes", start().ascii("Stext\n")),
        Arguments.of("an escape that is cut", start().ascii("S'\\x'\n")),
        Arguments.of("a character that is cut", start().ascii("V\\u00\n")),
        Arguments.of("an unknown protocol", new PickleBytes(9, 0)),
        Arguments.of("an empty stack", start().op('R')),
        Arguments.of("a call of a string", start().shortString("s").op(')').op('R')),
        Arguments.of("a state without an array", start().op(']').op(')').op('b')),
        Arguments.of("an endless string", start().op('T').int32(-1)),
        Arguments.of("an endless long string", start().op(0x8e).int64(Long.MAX_VALUE)),
        Arguments.of("an endless number", start().op(0x8b).int32(Integer.MAX_VALUE)),
        Arguments.of(
            "bytes in another encoding",
            start().global("_codecs", "encode").unicode("text").unicode("utf-8").op(0x86).op('R')));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesNonsense(String name, PickleBytes pickle) {
    assertThat(name).isNotEmpty();
    assertThatThrownBy(() -> read(pickle.op('.').bytes()))
        .isInstanceOf(JobException.class)
        .hasMessageMatching(
            "Cannot read /data/test_batch: found a malformed pickle at byte offset \\d+ \\(.*\\),"
                + " expected a CIFAR-10 batch. Get a fresh copy of the file.");
  }

  static Stream<Arguments> wrongContents() {
    UnaryOperator<PickleBytes> none = pickle -> pickle.op('N');
    return Stream.of(
        Arguments.of(
            "found a pickled list, expected a dictionary with data and labels. Save",
            start().op(']')),
        Arguments.of(
            "found a pickled None, expected a dictionary with data and labels. Save",
            start().op('N')),
        Arguments.of("found the keys [], expected data and labels", start().op('}')),
        Arguments.of(
            "found the keys [label_names, num_vis], expected data and labels",
            dictionary("num_vis", none, "label_names", none)),
        Arguments.of(
            "found a CIFAR-100 file (keys [data, fine_labels]), expected a CIFAR-10 batch."
                + " Give the path of CIFAR-10.",
            dictionary("data", none, "fine_labels", none)),
        withLabels("found labels that are a string, expected a list", p -> p.unicode("frog")),
        withLabels("found 9999 labels, expected 10000", p -> list(p, labels().limit(9999))),
        withLabels(
            "found label 10 of image 3, expected 0 to 9",
            p -> list(p, IntStream.range(0, IMAGES).map(i -> i == 3 ? 10 : 0))),
        withLabels(
            "found label list of image 0, expected 0 to 9",
            p -> p.op(']').op('(').ascii("]".repeat(IMAGES)).op('e')),
        withLabels(
            "found label 1.0 of image 0, expected 0 to 9",
            p -> p.op(']').op('(').ascii("F1\n".repeat(IMAGES)).op('e')),
        withLabels(
            "found label None of image 0, expected 0 to 9",
            p -> p.op(']').op('(').ascii("N".repeat(IMAGES)).op('e')),
        withData(
            "found data that is a string, expected one NumPy array", p -> p.shortString("pixels")),
        withData(
            "found data of type f4, expected uint8",
            p -> array(p, "f4", IMAGES, C_ORDER, new byte[0])),
        withData(
            "found data of type none, expected uint8",
            p -> p.global("numpy.core.multiarray", "_reconstruct").op(')').op('R')),
        withData(
            "found data of shape [9999, 3072], expected [10000, 3072] or [10000, 3, 32, 32]",
            p -> array(p, "u1", 9999, C_ORDER, new byte[0])),
        withData(
            "found data with value 256 at place 1, expected whole numbers from 0 to 255",
            p -> {
              byte[] shorts = new byte[2 * pixels.length];
              shorts[3] = 1;
              return array(p, "i2", IMAGES, C_ORDER, shorts);
            }),
        withData(
            "found data with 1000 values, expected the 30720000 of their shape",
            p -> array(p, "u1", IMAGES, C_ORDER, new byte[1000])));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongContents")
  void namesWhatIsNotAsExpected(String message, PickleBytes pickle) {
    assertThatThrownBy(() -> read(pickle.op('.').bytes()))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("Cannot read /data/test_batch: " + message);
  }

  private static Arguments withLabels(String message, UnaryOperator<PickleBytes> labels) {
    return Arguments.of(message, dictionary("labels", labels, "data", p -> p.op('N')));
  }

  private static Arguments withData(String message, UnaryOperator<PickleBytes> data) {
    return Arguments.of(message, dictionary("labels", p -> list(p, labels()), "data", data));
  }

  private static PickleBytes dictionary(
      String key1,
      UnaryOperator<PickleBytes> value1,
      String key2,
      UnaryOperator<PickleBytes> value2) {
    PickleBytes first = value1.apply(start().op('}').op('(').shortString(key1));
    return value2.apply(first.shortString(key2)).op('u');
  }

  /** The dictionary as Python 3 writes it: keys that are bytes, and NumPy 2's names. */
  private static byte[] pickledByPython3(int protocol) {
    return switch (protocol) {
      case 2 -> {
        PickleBytes pickle = new PickleBytes(2, 0).op('}').put().op('(');
        list(latin1(pickle, "labels"), labels());
        reconstruct(latin1(pickle, "data").global("numpy._core.multiarray", "_reconstruct"));
        String text = new String(pixels, StandardCharsets.ISO_8859_1);
        yield latin1(state(pickle, "u1", IMAGES, C_ORDER), text).ascii("tbu.").bytes();
      }
      case 3 -> {
        PickleBytes pickle = list(new PickleBytes(3, 0).ascii("}(").shortBytes("labels"), labels());
        array(pickle.shortBytes("data"), "u1", IMAGES, C_ORDER, pixels);
        yield pickle.ascii("u.").bytes();
      }
      case 4 -> {
        PickleBytes pickle = new PickleBytes(4, 0).op(0x95).int64(30_000_000).ascii("}(");
        list(pickle.shortBytes("labels").memoize(), labels());
        pickle.shortBytes("data").memoize();
        reconstruct(pickle.stackGlobal("numpy._core.multiarray", "_reconstruct"));
        state(pickle, "u1", IMAGES, C_ORDER);
        yield pickle.counted('B', pixels).ascii("tbu.").bytes();
      }
      default -> {
        PickleBytes pickle = new PickleBytes(5, 0).op(0x95).int64(30_000_000).ascii("}(");
        list(pickle.shortBytes("labels").memoize(), labels());
        pickle.shortBytes("data").stackGlobal("numpy._core.numeric", "_frombuffer").memoize();
        pickle.op('(').op(0x96).int64(pixels.length).raw(pixels).memoize();
        type(pickle, "u1").int2(IMAGES).int2(FEATURES).op(0x86).shortUnicode("C");
        yield pickle.ascii("tRu.").bytes();
      }
    };
  }

  private static PickleBytes latin1(PickleBytes pickle, String text) {
    return pickle.global("_codecs", "encode").unicode(text).unicode("latin1").op(0x86).op('R');
  }

  private static PickleBytes array(
      PickleBytes pickle, String type, int rows, int order, byte[] bytes) {
    reconstruct(pickle.global("numpy.core.multiarray", "_reconstruct"));
    return state(pickle, type, rows, order).counted('B', bytes).op('t').op('b');
  }

  /** Calls {@code _reconstruct(ndarray, (0,), b'b')}. */
  private static PickleBytes reconstruct(PickleBytes pickle) {
    pickle.global("numpy", "ndarray").int1(0).op(0x85).shortBytes("b");
    return pickle.op(0x87).op('R');
  }

  /** Starts an array's state: all but its bytes. */
  private static PickleBytes state(PickleBytes pickle, String type, int rows, int order) {
    pickle.op('(').int1(1).int2(rows).int2(FEATURES).op(0x86);
    return type(pickle, type).op(order);
  }

  private static PickleBytes type(PickleBytes pickle, String name) {
    pickle.global("numpy", "dtype").unicode(name).op(0x89).op(0x88).op(0x87).op('R');
    pickle.op('(').int1(3).unicode("|").ascii("NNN").int4(-1).int4(-1).int1(0);
    return pickle.op('t').op('b');
  }

  private static PickleBytes list(PickleBytes pickle, IntStream values) {
    pickle.op(']').op('(');
    values.forEach(pickle::int1);
    return pickle.op('e');
  }

  /** A list of all labels, each written by {@code label}. */
  private static PickleBytes listOf(PickleBytes pickle, IntConsumer label) {
    pickle.op(']').op('(');
    labels().forEach(label);
    return pickle.op('e');
  }

  private static Arguments form(String name, UnaryOperator<PickleBytes> form) {
    return Arguments.of(name, form);
  }

  private static byte[] labelBytes() {
    byte[] bytes = new byte[IMAGES];
    int[] labels = labels().toArray();
    for (int i = 0; i < IMAGES; i++) {
      bytes[i] = (byte) labels[i];
    }
    return bytes;
  }

  /** The labels as an array of numbers of so many bytes. */
  private static PickleBytes numbers(
      PickleBytes pickle, String type, String order, int width, boolean isBigEndian) {
    byte[] bytes = new byte[IMAGES * width];
    byte[] labels = labelBytes();
    for (int i = 0; i < IMAGES; i++) {
      bytes[i * width + (isBigEndian ? width - 1 : 0)] = labels[i];
    }
    reconstruct(pickle.global("numpy.core.multiarray", "_reconstruct"));
    pickle.op('(').int1(1).int2(IMAGES).op(0x85);
    pickle.global("numpy", "dtype").unicode(type).op(0x89).op(0x88).op(0x87).op('R');
    pickle.op('(').int1(3).unicode(order).ascii("NNN").int4(-1).int4(-1).int1(0).op('t').op('b');
    return pickle.op(C_ORDER).counted('B', bytes).op('t').op('b');
  }

  /** Adds the images and labels, and ends. */
  private static byte[] finished(PickleBytes pickle) {
    list(pickle.shortString("labels"), labels());
    return array(pickle.shortString("data"), "u1", IMAGES, C_ORDER, pixels).ascii("u.").bytes();
  }

  private static IntStream labels() {
    int firstId = Batch.TEST_BATCH.firstId();
    return IntStream.range(firstId, firstId + IMAGES).map(SyntheticImages::label);
  }

  private static PickleBytes start() {
    return new PickleBytes(2, 1);
  }

  static void assertIsTestBatch(byte[] pickle) throws IOException {
    AtomicInteger images = new AtomicInteger();
    byte[] expected = new byte[FEATURES];
    read(
        pickle,
        image -> {
          int id = 50_000 + images.getAndIncrement();
          SyntheticImages.fill(id, expected);
          assertThat(image.id()).isEqualTo(id);
          assertThat(image.label()).isEqualTo(SyntheticImages.label(id));
          assertThat(Arrays.equals(image.pixels(), expected)).isTrue();
        });
    assertThat(images).hasValue(IMAGES);
  }

  private static void read(byte[] pickle) throws IOException {
    read(pickle, image -> {});
  }

  private static void read(byte[] pickle, ImageSource.ImageConsumer consumer) throws IOException {
    BatchReader.read(
        Batch.TEST_BATCH,
        "/data/test_batch",
        pickle.length,
        new ByteArrayInputStream(pickle),
        consumer);
  }
}
