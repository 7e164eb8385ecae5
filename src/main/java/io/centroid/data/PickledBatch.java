package io.centroid.data;

import static io.centroid.data.Cifar10.BATCH_IMAGES;
import static io.centroid.data.Cifar10.CLASSES;
import static io.centroid.data.Cifar10.FEATURES;

import io.centroid.data.ImageSource.ImageConsumer;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A batch file of the Python version: a pickled dictionary with {@code data}, a NumPy array of
 * uint8 with shape (10000, 3072), each row channel × height × width, and {@code labels}, a list of
 * 10,000 numbers.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">"Python / Matlab versions"</a>
 */
final class PickledBatch {
  /** The PROTO opcode that every pickle of protocol 2 or later starts with. */
  static final int FIRST_BYTE = 0x80;

  private static final String ADVICE = " Get a fresh copy of the file.";

  private final String file;
  private final Map<String, Object> entries;

  private PickledBatch(String file, Map<String, Object> entries) {
    this.file = file;
    this.entries = entries;
  }

  static void read(Batch batch, String file, InputStream in, ImageConsumer consumer)
      throws IOException {
    PickledBatch pickled = new PickledBatch(file, entries(file, in));
    pickled.requireCifar10();
    int[] labels = pickled.labels();
    byte[] planes = pickled.planes();
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < BATCH_IMAGES; i++) {
      Pixels.interleave(planes, i * FEATURES, pixels);
      consumer.accept(new LabeledImage(batch.firstId() + i, labels[i], pixels));
    }
  }

  private static Map<String, Object> entries(String file, InputStream in) throws IOException {
    Object root = BatchUnpickler.load(file, in);
    if (!(root instanceof Map<?, ?> dictionary)) {
      throw JobException.data(
          "Cannot read %s: found a pickled %s, expected a dictionary.%s"
              .formatted(file, describe(root), ADVICE));
    }
    Map<String, Object> entries = new TreeMap<>();
    dictionary.forEach((key, value) -> entries.put(text(key), value));
    return entries;
  }

  private void requireCifar10() {
    if (entries.containsKey("fine_labels") || entries.containsKey("coarse_labels")) {
      throw JobException.data(
          "Cannot read %s: found a CIFAR-100 file (keys %.200s), expected a CIFAR-10 batch."
                  .formatted(file, entries.keySet())
              + " Give the path of CIFAR-10.");
    }
    if (!entries.keySet().containsAll(List.of("data", "labels"))) {
      throw wrong("the keys " + entries.keySet(), "data and labels");
    }
  }

  /** The images one after another, each channel × height × width. */
  private byte[] planes() {
    if (!(entries.get("data") instanceof NumpyArray array)) {
      throw wrong("data that is a " + describe(entries.get("data")), "a NumPy array");
    }
    if (!array.isUint8()) {
      throw wrong("data of type " + array.type(), "uint8");
    }
    if (!Arrays.equals(array.shape(), new int[] {BATCH_IMAGES, FEATURES})) {
      throw wrong(
          "data of shape " + Arrays.toString(array.shape()),
          "[%d, %d]".formatted(BATCH_IMAGES, FEATURES));
    }
    if (array.fortranOrder()) {
      throw wrong("data in Fortran order", "C order");
    }
    if (array.bytes().length != BATCH_IMAGES * FEATURES) {
      throw wrong(
          "data of %d bytes".formatted(array.bytes().length),
          "%d bytes".formatted(BATCH_IMAGES * FEATURES));
    }
    return array.bytes();
  }

  private int[] labels() {
    if (!(entries.get("labels") instanceof List<?> list)) {
      throw wrong("labels that are a " + describe(entries.get("labels")), "a list");
    }
    if (list.size() != BATCH_IMAGES) {
      throw wrong(list.size() + " labels", "" + BATCH_IMAGES);
    }
    int[] labels = new int[BATCH_IMAGES];
    for (int i = 0; i < BATCH_IMAGES; i++) {
      // Numbers arrive as Integer or Long, depending on the opcode.
      Object label = list.get(i);
      if (!(label instanceof Integer || label instanceof Long)
          || ((Number) label).longValue() < 0
          || ((Number) label).longValue() >= CLASSES) {
        throw wrong("label %s of image %d".formatted(text(label), i), "0 to 9");
      }
      labels[i] = ((Number) label).intValue();
    }
    return labels;
  }

  private JobException wrong(String found, String expected) {
    return JobException.data(
        "Cannot read %s: found %.200s, expected %s.%s".formatted(file, found, expected, ADVICE));
  }

  /** A Python value as text: str and bytes without quotes. */
  private static String text(Object value) {
    if (value == null) {
      return "None";
    }
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : value.toString();
  }

  private static String describe(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof Map) {
      return "dictionary";
    }
    return value instanceof byte[] ? "string" : value.getClass().getSimpleName();
  }
}
