package io.centroid.source;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.FileKind;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.SourceFile;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.Path;

/**
 * Images in the files of MNIST, which Fashion-MNIST, EMNIST and others have too: two of images and
 * two of labels, gzip'd or not. Two zeros, the type 8 for unsigned bytes, the number of dimensions,
 * each of them as a big-endian 32-bit number, then the bytes.
 *
 * @see <a href="https://yann.lecun.com/exdb/mnist/">The MNIST database, "File formats"</a>
 */
final class IdxImages implements ImageSource {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOST_IMAGES = 10_000_000;

  /** The labels that the training files of known data sets begin with. */
  private static final byte[] MNIST = {5, 0, 4, 1, 9, 2, 1, 3};

  private static final byte[] FASHION_MNIST = {9, 0, 0, 3, 0, 2, 7, 2};

  /** As https://github.com/zalandoresearch/fashion-mnist has them. */
  private static final List<String> FASHION_CLASSES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private final SourceFiles storage;
  private final DataSet dataSet;
  private final Part training;
  private final Part test;

  /** Images and labels of one split. */
  private record Part(Path images, Path labels, int count) {}

  /** One of the files. */
  private record Idx(Path path, List<Integer> dimensions) {
    boolean isOfLabels() {
      return dimensions.size() == 1;
    }

    boolean isNamed(String... parts) {
      String name = path.getName().toLowerCase(Locale.ROOT);
      return Arrays.stream(parts).anyMatch(name::contains);
    }
  }

  private IdxImages(SourceFiles storage, DataSet dataSet, Part training, Part test) {
    this.storage = storage;
    this.dataSet = dataSet;
    this.training = training;
    this.test = test;
  }

  /**
   * Looks for the four files.
   *
   * @param files of which some may be
   * @return nothing when none of them is
   * @throws JobException with category DATA when there are some that do not fit each other
   */
  static Optional<IdxImages> find(SourceFiles storage, List<Path> files) throws IOException {
    List<Idx> found = new ArrayList<>();
    for (Path file : files) {
      dimensions(storage, file).ifPresent(dimensions -> found.add(new Idx(file, dimensions)));
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<Path> directories = found.stream().map(idx -> idx.path().getParent()).distinct().toList();
    if (directories.size() > 1) {
      throw JobException.settings(
          "Cannot choose the data: found files as MNIST's in %s and %s, expected one data set. Give the path of one of them."
              .formatted(directories.get(0), directories.get(1)));
    }
    Path directory = directories.get(0);
    Part training = part(found, directory, "train");
    Part test = part(found, directory, "t10k", "test");
    Idx images = only(found, directory, false, "train");
    FeatureShape shape = shape(images);
    if (!shape.equals(shape(only(found, directory, false, "t10k", "test")))) {
      throw refusal(directory, "training and test images of different sizes");
    }
    byte[] labels = labels(storage, training);
    int classes = 1 + Math.max(largest(labels), largest(labels(storage, test)));
    return Optional.of(
        new IdxImages(storage, dataSet(directory, shape, labels, classes), training, test));
  }

  private static DataSet dataSet(Path directory, FeatureShape shape, byte[] labels, int classes) {
    if (begins(labels, FASHION_MNIST) && classes == FASHION_CLASSES.size()) {
      return new DataSet("Fashion-MNIST", shape, FASHION_CLASSES);
    }
    String title = begins(labels, MNIST) ? "MNIST" : directory.getName();
    try {
      return new DataSet(
          title, shape, IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    } catch (IllegalArgumentException e) {
      throw refusal(directory, e.getMessage());
    }
  }

  private static boolean begins(byte[] labels, byte[] known) {
    return labels.length >= known.length
        && Arrays.equals(labels, 0, known.length, known, 0, known.length);
  }

  private static int largest(byte[] labels) {
    return IntStream.range(0, labels.length).map(i -> labels[i] & 0xff).max().orElse(0);
  }

  private static FeatureShape shape(Idx images) {
    List<Integer> axes =
        new ArrayList<>(images.dimensions().subList(1, images.dimensions().size()));
    if (axes.size() == 2) {
      axes.add(1);
    }
    try {
      return new FeatureShape(axes);
    } catch (IllegalArgumentException e) {
      throw refusal(images.path(), e.getMessage());
    }
  }

  private static Part part(List<Idx> found, Path directory, String... names) {
    Idx images = only(found, directory, false, names);
    Idx labels = only(found, directory, true, names);
    int count = images.dimensions().get(0);
    if (count != labels.dimensions().get(0)) {
      throw refusal(
          directory,
          "%,d images in %s and %,d labels in %s"
              .formatted(
                  count,
                  images.path().getName(),
                  labels.dimensions().get(0),
                  labels.path().getName()));
    }
    return new Part(images.path(), labels.path(), count);
  }

  private static Idx only(List<Idx> found, Path directory, boolean ofLabels, String... names) {
    List<Idx> fitting =
        found.stream().filter(idx -> idx.isOfLabels() == ofLabels && idx.isNamed(names)).toList();
    // Downloads are often kept beside what was unpacked.
    List<Idx> plain = fitting.stream().filter(idx -> !idx.isNamed(".gz")).toList();
    List<Idx> candidates = plain.isEmpty() ? fitting : plain;
    if (candidates.size() != 1) {
      throw refusal(
          directory,
          "%s of %s in a file named %s"
              .formatted(
                  candidates.isEmpty() ? "none" : "more than one",
                  ofLabels ? "labels" : "images",
                  String.join(" or ", names)));
    }
    return candidates.get(0);
  }

  private static JobException refusal(Path place, String found) {
    return JobException.data(
        "Cannot read %s: found %s, expected the four files of MNIST: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. Get fresh copies."
            .formatted(place, found));
  }

  /** The dimensions that a file's header tells; nothing for other files. */
  private static Optional<List<Integer>> dimensions(SourceFiles storage, Path file)
      throws IOException {
    try (DataInputStream in = new DataInputStream(unpacked(storage.open(file)))) {
      in.mark(FileKind.START_BYTES);
      byte[] start = in.readNBytes(FileKind.START_BYTES);
      in.reset();
      return FileKind.of(start).equals(Optional.of(FileKind.IDX))
          ? Optional.of(header(in, file))
          : Optional.empty();
    } catch (ZipException | EOFException e) {
      return Optional.empty();
    } catch (JobException e) {
      if (e.category() == FailureCategory.DATA) {
        throw e;
      }
      return Optional.empty(); // it cannot be looked into, which does not stop the search
    }
  }

  private static List<Integer> header(DataInputStream in, Path file) throws IOException {
    int dimensions = in.readInt() & 0xff;
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      sizes.add(in.readInt());
    }
    if (sizes.get(0) < 1 || sizes.get(0) > MOST_IMAGES) {
      throw refusal(file, "%,d examples".formatted(sizes.get(0)));
    }
    return sizes;
  }

  private static InputStream unpacked(InputStream file) throws IOException {
    BufferedInputStream stored = new BufferedInputStream(file, BUFFER_BYTES);
    return FileKind.of(FileKind.peek(stored)).equals(Optional.of(FileKind.GZIP))
        ? new BufferedInputStream(new GZIPInputStream(stored), BUFFER_BYTES)
        : stored;
  }

  private static byte[] labels(SourceFiles storage, Part part) throws IOException {
    try (InputStream file = storage.open(part.labels())) {
      return content(file, part.labels(), part.count());
    }
  }

  /** The bytes of a file, which stays open. */
  private static byte[] content(InputStream file, Path path, int count) throws IOException {
    try {
      DataInputStream in = new DataInputStream(unpacked(file));
      header(in, path);
      byte[] content = in.readNBytes(count);
      requireEnd(in, path, content.length == count);
      return content;
    } catch (ZipException | EOFException e) {
      throw refusal(path, "damage (%s)".formatted(e.getMessage()));
    }
  }

  private static void requireEnd(InputStream in, Path path, boolean isWhole) throws IOException {
    if (!isWhole || in.read() >= 0) {
      throw refusal(
          path, isWhole ? "more bytes than its header tells" : "the end of the file too early");
    }
  }

  @Override
  public DataSet dataSet() {
    return dataSet;
  }

  @Override
  public int trainingImages() {
    return training.count();
  }

  @Override
  public int testImages() {
    return test.count();
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    List<SourceFile> sources = new ArrayList<>();
    read(training, 0, consumer, sources);
    read(test, training.count(), consumer, sources);
    return sources;
  }

  private void read(Part part, int firstId, ImageConsumer consumer, List<SourceFile> sources)
      throws IOException {
    byte[] labels;
    try (StoredFile file = StoredFile.open(storage, part.labels())) {
      labels = content(file, part.labels(), part.count());
      sources.add(file.finish());
    }
    byte[] pixels = new byte[dataSet.features()];
    try (StoredFile file = StoredFile.open(storage, part.images());
        DataInputStream in = new DataInputStream(unpacked(file))) {
      header(in, part.images());
      for (int i = 0; i < part.count(); i++) {
        if (in.readNBytes(pixels, 0, pixels.length) < pixels.length) {
          requireEnd(in, part.images(), false);
        }
        consumer.accept(new LabeledImage(firstId + i, labels[i] & 0xff, pixels));
      }
      requireEnd(in, part.images(), true);
      sources.add(file.finish());
    } catch (ZipException | EOFException e) {
      throw refusal(part.images(), "damage (%s)".formatted(e.getMessage()));
    }
  }
}
