package io.centroid.cifar;

import static io.centroid.cifar.Cifar10.CHANNELS;
import static io.centroid.cifar.Cifar10.FEATURES;
import static io.centroid.cifar.Cifar10.HEIGHT;
import static io.centroid.cifar.Cifar10.WIDTH;

import io.centroid.data.ImageSource.ImageConsumer;
import io.centroid.data.LabeledImage;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A batch file of the Python version: a pickled dictionary with {@code data}, a NumPy array of
 * uint8 with shape (10000, 3072), each row channel × height × width, and {@code labels}, a list of
 * 10,000 numbers; of CIFAR-100 as many as the file has images, and {@code fine_labels}.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">"Python / Matlab versions"</a>
 */
final class PickledBatch {
  private final Batch batch;
  private final String file;
  private final Map<String, Object> entries;

  private PickledBatch(Batch batch, String file, Map<String, Object> entries) {
    this.batch = batch;
    this.file = file;
    this.entries = entries;
  }

  static void read(Batch batch, String file, InputStream in, ImageConsumer consumer)
      throws IOException {
    PickledBatch pickled = new PickledBatch(batch, file, entries(file, in));
    pickled.requireKeys();
    int[] labels = pickled.labels();
    byte[] planes = pickled.planes();
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < batch.images(); i++) {
      Pixels.interleave(planes, i * FEATURES, pixels);
      consumer.accept(new LabeledImage(batch.firstId() + i, labels[i], pixels));
    }
  }

  private static Map<String, Object> entries(String file, InputStream in) throws IOException {
    Object root = BatchUnpickler.load(file, in);
    if (!(root instanceof BatchUnpickler.Dictionary dictionary)) {
      throw wrong(file, "a pickled " + describe(root), "a dictionary with data and labels");
    }
    return dictionary.byText();
  }

  private void requireKeys() {
    for (Cifar other : Cifar.values()) {
      if (other != batch.of() && entries.containsKey(other.labelKey())) {
        throw JobException.data(
            "Cannot read %s: found a %s file (keys %.200s), expected a %s batch. Give the path of %s."
                .formatted(
                    file,
                    other.dataSet().title(),
                    entries.keySet(),
                    batch.of().dataSet().title(),
                    batch.of().dataSet().title()));
      }
    }
    if (!entries.keySet().containsAll(List.of("data", batch.of().labelKey()))) {
      throw wrong("the keys " + entries.keySet(), "data and " + batch.of().labelKey());
    }
  }

  /** Rows, or planes with two axes; either is the same bytes. */
  private List<int[]> shapes() {
    return List.of(
        new int[] {batch.images(), FEATURES}, new int[] {batch.images(), CHANNELS, HEIGHT, WIDTH});
  }

  /** The images one after another, each channel × height × width. */
  private byte[] planes() {
    if (!(entries.get("data") instanceof NumpyArray array)) {
      throw wrong("data that is a " + describe(entries.get("data")), "one NumPy array");
    }
    if (!array.holdsIntegers()) {
      throw wrong("data of type " + array.type(), "uint8");
    }
    if (shapes().stream().noneMatch(shape -> Arrays.equals(array.shape(), shape))) {
      throw wrong(
          "data of shape " + Arrays.toString(array.shape()),
          shapes().stream().map(Arrays::toString).collect(Collectors.joining(" or ")));
    }
    return uint8("data", array);
  }

  private int[] labels() {
    String key = batch.of().labelKey();
    Object labels = entries.get(key);
    if (labels instanceof NumpyArray array) {
      if (array.size() != batch.images() || !array.holdsIntegers()) {
        throw wrong(
            "%s of type %s and shape %s"
                .formatted(key, array.type(), Arrays.toString(array.shape())),
            batch.images() + " whole numbers");
      }
      labels = uint8(key, array);
    }
    List<?> list;
    if (labels instanceof byte[] bytes) {
      list = IntStream.range(0, bytes.length).mapToObj(i -> Byte.toUnsignedInt(bytes[i])).toList();
    } else if (labels instanceof Object[] tuple) {
      list = Arrays.asList(tuple);
    } else if (labels instanceof List<?> found) {
      list = found;
    } else {
      throw wrong(key + " that are a " + describe(labels), "a list");
    }
    if (list.size() != batch.images()) {
      throw wrong("%d %s".formatted(list.size(), key), "" + batch.images());
    }
    int classes = batch.of().dataSet().classes();
    int[] numbers = new int[batch.images()];
    for (int i = 0; i < numbers.length; i++) {
      long label = NumpyArray.integer(list.get(i));
      if (label < 0 || label >= classes) {
        throw wrong(
            "label %s of image %d".formatted(describe(list.get(i)), i), "0 to " + (classes - 1));
      }
      numbers[i] = (int) label;
    }
    return numbers;
  }

  private byte[] uint8(String name, NumpyArray array) {
    if (array.held() != array.size()) {
      throw wrong(
          "%s with %d values".formatted(name, array.held()),
          "the %d of their shape".formatted(array.size()));
    }
    try {
      return array.uint8();
    } catch (IllegalArgumentException e) {
      throw wrong("%s with %s".formatted(name, e.getMessage()), "whole numbers from 0 to 255");
    }
  }

  private JobException wrong(String found, String expected) {
    return wrong(file, found, expected);
  }

  private static JobException wrong(String file, String found, String expected) {
    return JobException.data(
        "Cannot read %s: found %.200s, expected %s. Save the batch again so, or take the official one."
            .formatted(file, found, expected));
  }

  /** What kind of value this is; a number itself. What holds others is not looked into. */
  private static String describe(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof BatchUnpickler.Other other) {
      return other.name();
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof NumpyArray array) {
      return "NumPy array of type " + array.type();
    }
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof Object[]) {
      return "tuple";
    }
    return value instanceof String || value instanceof byte[] ? "string" : "dictionary";
  }
}
