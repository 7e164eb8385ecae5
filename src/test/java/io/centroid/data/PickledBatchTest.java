package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.razorvine.pickle.Unpickler;
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

  static Stream<Arguments> forbiddenNames() {
    return Stream.of(
        Arguments.of("os.system", start().global("os", "system")),
        Arguments.of("posix.system", new PickleBytes(4, 0).stackGlobal("posix", "system")),
        Arguments.of("__builtin__.eval", start().global("__builtin__", "eval")),
        Arguments.of("builtins.bytearray", start().global("builtins", "bytearray")),
        Arguments.of("decimal.Decimal", start().global("decimal", "Decimal")),
        Arguments.of(
            "numpy.core.multiarray.fromfile", start().global("numpy.core.multiarray", "fromfile")),
        Arguments.of("os.system", start().op('(').shortString("id").op('i').ascii("os\nsystem\n")),
        Arguments.of("an extension code", start().op(0x82).op(1)),
        Arguments.of("a persistent id", start().op('P').ascii("1\n")),
        Arguments.of("a persistent id", start().shortString("1").op('Q')),
        Arguments.of("a buffer outside of it", new PickleBytes(5, 0).op(0x97)));
  }

  @ParameterizedTest
  @MethodSource("forbiddenNames")
  void refusesAPickleThatNamesAnythingElse(String name, PickleBytes pickle) {
    byte[] call = pickle.shortString("echo").op(0x85).op('R').op('.').bytes();
    assertThatThrownBy(() -> read(call))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessage(
            "Cannot read /data/test_batch: found a pickle that names "
                + name
                + ", expected only what a CIFAR-10 batch needs. Do not trust this file.");
  }

  @Test
  void refusesBeforeAnythingRegisteredElsewhereIsConstructed() {
    AtomicInteger constructed = new AtomicInteger();
    Unpickler.registerConstructor("elsewhere", "Thing", arguments -> constructed.incrementAndGet());
    byte[] call = start().global("elsewhere", "Thing").op(')').op('R').op('.').bytes();
    assertThatThrownBy(() -> read(call)).hasMessageContaining("names elsewhere.Thing");
    assertThat(constructed).hasValue(0);
  }

  @Test
  void leavesTheLibrarysOwnNamesAlone() throws IOException {
    read(pickledByPython2);
    byte[] array = start().global("numpy", "dtype").op('.').bytes();
    // Had the reader registered its names for everyone, this would be one of its constructors.
    assertThat(new Unpickler().loads(array).getClass().getName())
        .isEqualTo("net.razorvine.pickle.objects.ClassDictConstructor");
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
        Arguments.of("an unknown protocol", new PickleBytes(9, 0)),
        Arguments.of("an empty stack", start().op('R')),
        Arguments.of("a call of a string", start().shortString("s").op(')').op('R')),
        Arguments.of("a call of ndarray", start().global("numpy", "ndarray").op(')').op('R')),
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
        Arguments.of("found a pickled list, expected a dictionary", start().op(']')),
        Arguments.of("found a pickled None, expected a dictionary", start().op('N')),
        Arguments.of("found the keys [], expected data and labels", start().op('}')),
        Arguments.of(
            "found the keys [label_names, num_vis], expected data and labels",
            dictionary("num_vis", none, "label_names", none)),
        Arguments.of(
            "found a CIFAR-100 file (keys [data, fine_labels]), expected a CIFAR-10 batch."
                + " Give the path of CIFAR-10.",
            dictionary("data", none, "fine_labels", none)),
        withLabels("found labels that are a String, expected a list", p -> p.shortString("frog")),
        withLabels("found 9999 labels, expected 10000", p -> list(p, labels().limit(9999))),
        withLabels(
            "found label 10 of image 3, expected 0 to 9",
            p -> list(p, IntStream.range(0, IMAGES).map(i -> i == 3 ? 10 : 0))),
        withLabels(
            "found label None of image 0, expected 0 to 9",
            p -> p.op(']').op('(').ascii("N".repeat(IMAGES)).op('e')),
        withData(
            "found data that is a String, expected a NumPy array", p -> p.shortString("pixels")),
        withData(
            "found data of type f4, expected uint8",
            p -> array(p, "f4", IMAGES, C_ORDER, new byte[0])),
        withData(
            "found data of type none, expected uint8",
            p -> p.global("numpy.core.multiarray", "_reconstruct").op(')').op('R')),
        withData(
            "found data of shape [9999, 3072], expected [10000, 3072]",
            p -> array(p, "u1", 9999, C_ORDER, new byte[0])),
        withData(
            "found data in Fortran order, expected C order",
            p -> array(p, "u1", IMAGES, FORTRAN_ORDER, new byte[0])),
        withData(
            "found data of 1000 bytes, expected 30720000 bytes",
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

  private static IntStream labels() {
    int firstId = Batch.TEST_BATCH.firstId();
    return IntStream.range(firstId, firstId + IMAGES).map(SyntheticImages::label);
  }

  private static PickleBytes start() {
    return new PickleBytes(2, 1);
  }

  private static void assertIsTestBatch(byte[] pickle) throws IOException {
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
