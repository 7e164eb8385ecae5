package io.centroid.cifar;

import static io.centroid.cifar.Cifar10.CHANNELS;
import static io.centroid.cifar.Cifar10.FEATURES;
import static io.centroid.cifar.Cifar10.PLANE;

import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes the 60,000 images of a source in the forms in which CIFAR-10 and CIFAR-100 are
 * distributed. The files are those of the official archives to the byte, but for the pictures and
 * names in them.
 */
public final class CifarFiles {
  /** The folder of the binary version. */
  public static final String BINARY_FOLDER = "cifar-10-batches-bin";

  /** The folder of the Python version. */
  public static final String PYTHON_FOLDER = "cifar-10-batches-py";

  /** Bytes of one record of the binary version: the label and the pixels. */
  public static final int RECORD_BYTES = 1 + FEATURES;

  private static final String README =
      "<meta HTTP-EQUIV=\"REFRESH\" content=\"0; url=http://www.cs.toronto.edu/~kriz/cifar.html\">\n";

  /** Takes a file of a data set. */
  @FunctionalInterface
  private interface FileConsumer {
    void accept(String name, byte[] content) throws IOException;
  }

  /** Takes the records of a batch in the binary version. */
  @FunctionalInterface
  private interface BatchConsumer {
    void accept(Batch batch, byte[] records) throws IOException;
  }

  private CifarFiles() {}

  /** Writes {@code parent/cifar-10-batches-bin} and returns it. */
  public static Path writeBinaryDirectory(ImageSource source, Path parent) throws IOException {
    Path directory = Files.createDirectories(parent.resolve(BINARY_FOLDER));
    writeBinary(source, (name, content) -> Files.write(directory.resolve(name), content));
    return directory;
  }

  /** Writes {@code parent/cifar-100-binary} and returns it. */
  public static Path writeBinary100(ImageSource source, Path parent) throws IOException {
    Path directory = Files.createDirectories(parent.resolve("cifar-100-binary"));
    Files.write(directory.resolve("coarse_label_names.txt"), new byte[] {'a', '\n'});
    Files.write(directory.resolve("fine_label_names.txt"), new byte[] {'a', '\n'});
    collect(
        Cifar.CIFAR_100,
        source,
        (batch, records) -> Files.write(directory.resolve(batch.fileName() + ".bin"), records));
    return directory;
  }

  /** Writes {@code parent/cifar-100-python.tar.gz} and returns it. */
  public static Path writePython100(ImageSource source, Path parent) throws IOException {
    Path archive = parent.resolve("cifar-100-python.tar.gz");
    String folder = "cifar-100-python";
    try (TarArchiveOutputStream tar = tarGz(archive)) {
      addFolder(tar, folder);
      addFile(tar, folder + "/file.txt~", new byte[] {'~'});
      collect(
          Cifar.CIFAR_100,
          source,
          (batch, records) ->
              addFile(tar, folder + "/" + batch.fileName(), pickledBatch(batch, records)));
      addFile(tar, folder + "/meta", new byte[] {(byte) 0x80, 2, '}', '.'});
    }
    return archive;
  }

  /** Writes {@code parent/cifar-10-batches-py} and returns it. */
  public static Path writePythonDirectory(ImageSource source, Path parent) throws IOException {
    Path directory = Files.createDirectories(parent.resolve(PYTHON_FOLDER));
    writePython(source, (name, content) -> Files.write(directory.resolve(name), content));
    return directory;
  }

  /** Writes {@code parent/cifar-10-binary.tar.gz} and returns it. */
  public static Path writeBinaryArchive(ImageSource source, Path parent) throws IOException {
    Path archive = parent.resolve("cifar-10-binary.tar.gz");
    try (TarArchiveOutputStream tar = tarGz(archive)) {
      addFolder(tar, BINARY_FOLDER);
      writeBinary(source, (name, content) -> addFile(tar, BINARY_FOLDER + "/" + name, content));
    }
    return archive;
  }

  /** Writes {@code parent/cifar-10-python.tar.gz} and returns it. */
  public static Path writePythonArchive(ImageSource source, Path parent) throws IOException {
    Path archive = parent.resolve("cifar-10-python.tar.gz");
    try (TarArchiveOutputStream tar = tarGz(archive)) {
      addFolder(tar, PYTHON_FOLDER);
      writePython(source, (name, content) -> addFile(tar, PYTHON_FOLDER + "/" + name, content));
    }
    return archive;
  }

  /** Opens a new gzip'd tar archive. */
  public static TarArchiveOutputStream tarGz(Path archive) throws IOException {
    GzipParameters quick = new GzipParameters();
    quick.setCompressionLevel(Deflater.BEST_SPEED);
    OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 16);
    return new TarArchiveOutputStream(new GzipCompressorOutputStream(file, quick));
  }

  /** Adds a file to an archive. */
  public static void addFile(TarArchiveOutputStream tar, String path, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** The synthetic images of a batch as the binary version's file: 30,730,000 bytes. */
  public static byte[] binaryBatch(Batch batch) {
    byte[] records = new byte[(int) batch.binaryBytes()];
    byte[] pixels = new byte[FEATURES];
    for (int i = 0; i < batch.images(); i++) {
      int id = batch.firstId() + i;
      SyntheticImages.fill(id, pixels);
      record(batch.of(), new LabeledImage(id, SyntheticImages.label(id), pixels), records, i);
    }
    return records;
  }

  /** The file of the Python version with the images of a file of the binary version. */
  public static byte[] pickledBatch(Batch batch, byte[] records) {
    PickleBytes pickle = new PickleBytes(2, 1).op('}').put().op('(');
    pickle.shortString("batch_label").put().shortString(title(batch)).put();
    if (batch.of() == Cifar.CIFAR_100) {
      numbers(batch, "coarse_labels", records, 0, pickle);
    }
    numbers(batch, batch.of().labelKey(), records, batch.of().labelBytes() - 1, pickle);
    pickle.shortString("data").put();
    pickle.global("numpy.core.multiarray", "_reconstruct").put();
    pickle.global("numpy", "ndarray").put();
    pickle.int1(0).op(0x85).shortString("b").op(0x87).op('R').put();
    pickle.op('(').int1(1).int2(batch.images()).int2(FEATURES).op(0x86);
    pickle.global("numpy", "dtype").put();
    pickle.shortString("u1").int1(0).int1(1).op(0x87).op('R').put();
    pickle.op('(').int1(3).shortString("|").ascii("NNN").int4(-1).int4(-1).int1(0);
    pickle.op('t').op('b').op(0x89).counted('T', pixels(batch.of(), records)).op('t').op('b');
    pickle.shortString("filenames").put().op(']').put();
    for (int i = 0; i < batch.images(); i++) {
      startChunk(pickle, i);
      int label = records[i * batch.of().recordBytes() + batch.of().labelBytes() - 1];
      pickle.shortString(fileName(batch, i, label)).put();
      endChunk(pickle, i);
    }
    return pickle.op('u').op('.').bytes();
  }

  private static void numbers(Batch batch, String key, byte[] records, int at, PickleBytes pickle) {
    pickle.shortString(key).put().op(']').put();
    for (int i = 0; i < batch.images(); i++) {
      startChunk(pickle, i);
      pickle.int1(records[i * batch.of().recordBytes() + at]);
      endChunk(pickle, i);
    }
  }

  /** The pixels of a batch as the Python version keeps them, without the labels between. */
  public static byte[] pixels(byte[] records) {
    return pixels(Cifar.CIFAR_10, records);
  }

  private static byte[] pixels(Cifar of, byte[] records) {
    int count = records.length / of.recordBytes();
    byte[] pixels = new byte[count * FEATURES];
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          records, i * of.recordBytes() + of.labelBytes(), pixels, i * FEATURES, FEATURES);
    }
    return pixels;
  }

  private static void writeBinary(ImageSource source, FileConsumer files) throws IOException {
    String classes = Cifar10.CLASS_NAMES.stream().collect(Collectors.joining("\n", "", "\n\n"));
    files.accept("batches.meta.txt", classes.getBytes(StandardCharsets.US_ASCII));
    files.accept("readme.html", README.getBytes(StandardCharsets.US_ASCII));
    collect(
        Cifar.CIFAR_10,
        source,
        (batch, records) -> files.accept(batch.fileName() + ".bin", records));
  }

  private static void writePython(ImageSource source, FileConsumer files) throws IOException {
    PickleBytes meta = new PickleBytes(2, 1).op('}').put().op('(');
    meta.shortString("num_cases_per_batch").put().int2(10_000);
    meta.shortString("label_names").put().op(']').put().op('(');
    Cifar10.CLASS_NAMES.forEach(name -> meta.shortString(name).put());
    meta.op('e').shortString("num_vis").put().int2(FEATURES).op('u').op('.');
    files.accept("batches.meta", meta.bytes());
    files.accept("readme.html", README.getBytes(StandardCharsets.US_ASCII));
    collect(
        Cifar.CIFAR_10,
        source,
        (batch, records) -> files.accept(batch.fileName(), pickledBatch(batch, records)));
  }

  /** Turns images into batches; every batch must come in one go, in ascending order. */
  private static void collect(Cifar of, ImageSource source, BatchConsumer batches)
      throws IOException {
    if (source.trainingImages() != Cifar10.TRAINING_IMAGES
        || source.testImages() != Cifar10.TEST_IMAGES) {
      throw new IllegalArgumentException("batch files need 50,000 training and 10,000 test images");
    }
    byte[] records = new byte[of.batches().get(0).images() * of.recordBytes()];
    source.read(
        image -> {
          Batch batch = holding(of, image.id());
          int within = image.id() - batch.firstId();
          record(of, image, records, within);
          if (within == batch.images() - 1) {
            batches.accept(batch, Arrays.copyOf(records, (int) batch.binaryBytes()));
          }
        });
  }

  private static Batch holding(Cifar of, int id) {
    return of.batches().stream()
        .filter(batch -> id >= batch.firstId() && id < batch.firstId() + batch.images())
        .findFirst()
        .orElseThrow();
  }

  /** Writes an image as a record of the binary version: label, red, green and blue plane. */
  private static void record(Cifar of, LabeledImage image, byte[] records, int index) {
    int start = index * of.recordBytes();
    records[start] = (byte) (image.label() / 5); // of CIFAR-100 some coarse one
    start += of.labelBytes();
    records[start - 1] = (byte) image.label();
    byte[] pixels = image.pixels();
    for (int channel = 0; channel < CHANNELS; channel++) {
      int plane = start + channel * PLANE;
      for (int place = 0; place < PLANE; place++) {
        records[plane + place] = pixels[place * CHANNELS + channel];
      }
    }
  }

  private static String title(Batch batch) {
    return batch == Batch.TEST_BATCH
        ? "testing batch 1 of 1"
        : "training batch %d of 5".formatted(1 + batch.firstId() / batch.images());
  }

  private static String fileName(Batch batch, int index, int label) {
    String use = batch.firstId() == Cifar10.TRAINING_IMAGES ? "test" : "train";
    return "%s_%s_%04d.jpg".formatted(use, batch.of().dataSet().classNames().get(label), index);
  }

  /** cPickle writes lists a thousand entries at a time. */
  private static void startChunk(PickleBytes pickle, int index) {
    if (index % 1000 == 0) {
      pickle.op('(');
    }
  }

  private static void endChunk(PickleBytes pickle, int index) {
    if (index % 1000 == 999) {
      pickle.op('e');
    }
  }

  private static void addFolder(TarArchiveOutputStream tar, String name) throws IOException {
    tar.putArchiveEntry(new TarArchiveEntry(name + "/"));
    tar.closeArchiveEntry();
  }
}
