package io.centroid.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.Batch;
import io.centroid.cifar.Cifar;
import io.centroid.cifar.Cifar10;
import io.centroid.cifar.CifarFiles;
import io.centroid.cifar.SyntheticImages;
import io.centroid.data.ImageSource;
import io.centroid.data.SourceFile;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageSourcesTest {
  @TempDir private static Path files;
  private static Path binaryDirectory;
  private static Path pythonDirectory;
  private static Path binaryArchive;
  private static Path pythonArchive;
  private static long[] expected;

  @TempDir private Path folder;

  /** A file system that lets nobody in, whoever runs the tests. */
  public static final class ClosedFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("closed:///");
    }

    @Override
    public String getScheme() {
      return "closed";
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      throw new AccessControlException("Permission denied: user=nobody, access=EXECUTE");
    }
  }

  @BeforeAll
  static void writeAllForms() throws IOException {
    ImageSource images = new SyntheticImages();
    binaryDirectory = CifarFiles.writeBinaryDirectory(images, files.resolve("binary"));
    pythonDirectory = CifarFiles.writePythonDirectory(images, files.resolve("python"));
    binaryArchive = CifarFiles.writeBinaryArchive(images, files);
    pythonArchive = CifarFiles.writePythonArchive(images, files);
    expected = sums(images);
  }

  static Stream<Path> everyForm() {
    return Stream.of(
        binaryDirectory,
        pythonDirectory,
        binaryArchive,
        pythonArchive,
        // The folder above the batches
        binaryDirectory.getParent(),
        pythonDirectory.getParent());
  }

  @ParameterizedTest
  @MethodSource("everyForm")
  void everyFormHasTheSameImages(Path path) throws IOException {
    ImageSource source = open(path);
    assertThat(source.dataSet()).isEqualTo(Cifar10.DATA_SET);
    assertThat(source.trainingImages()).isEqualTo(Cifar10.TRAINING_IMAGES);
    assertThat(source.testImages()).isEqualTo(Cifar10.TEST_IMAGES);
    assertThat(Arrays.equals(sums(source), expected)).isTrue();
  }

  @Test
  void anArchiveIsOneSourceFile() throws IOException {
    assertThat(open(binaryArchive).read(image -> {})).containsExactly(sourceFile(binaryArchive));
  }

  @Test
  void aDirectoryHasSixSourceFiles() throws IOException {
    List<SourceFile> read = open(pythonDirectory).read(image -> {});
    assertThat(read)
        .extracting(SourceFile::name)
        .containsExactly(
            "data_batch_1",
            "data_batch_2",
            "data_batch_3",
            "data_batch_4",
            "data_batch_5",
            "test_batch");
    assertThat(read).contains(sourceFile(pythonDirectory.resolve("data_batch_4")));
  }

  @Test
  void theNameOfAnArchiveDoesNotMatter() throws IOException {
    Path renamed = Files.createLink(folder.resolve("images.bin"), binaryArchive);
    assertThat(Arrays.equals(sums(open(renamed)), expected)).isTrue();
  }

  @Test
  void aDirectoryMayHoldOneArchive() throws IOException {
    Files.createLink(folder.resolve("download"), pythonArchive);
    Files.writeString(folder.resolve("notes.txt"), "from the official site");
    assertThat(Arrays.equals(sums(open(folder)), expected)).isTrue();
  }

  @Test
  void anArchiveNeedNotBeCompressed() throws IOException {
    Path tar = folder.resolve("cifar.tar");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(binaryArchive))) {
      Files.copy(in, tar);
    }
    assertThat(Arrays.equals(sums(open(tar)), expected)).isTrue();
    assertThat(open(tar).read(image -> {})).containsExactly(sourceFile(tar));
  }

  @Test
  void anArchiveMayBeSeveralGzipFilesInARow() throws IOException {
    Path pieces = folder.resolve("pieces.tar.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(binaryArchive));
        OutputStream out = Files.newOutputStream(pieces)) {
      for (byte[] piece = in.readNBytes(100_000_000);
          piece.length > 0;
          piece = in.readNBytes(100_000_000)) {
        GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16);
        gzip.write(piece);
        gzip.finish();
      }
    }
    assertThat(Arrays.equals(sums(open(pieces)), expected)).isTrue();
  }

  @Test
  void leavesFailuresOfTheConsumerAsTheyAre() throws IOException {
    IOException failure = new IOException("disk full");
    ImageSource source = open(pythonArchive);
    assertThatThrownBy(
            () ->
                source.read(
                    image -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void namesTheByteWhereATruncatedArchiveEnds() throws IOException {
    byte[] bytes = Files.readAllBytes(binaryArchive);
    int length = bytes.length / 2;
    Path truncated = Files.write(folder.resolve("half.tar.gz"), Arrays.copyOf(bytes, length));
    assertFails(truncated)
        .hasMessageMatching(
            "Cannot read \\S+/half.tar.gz: found its end at byte offset %d in the middle of the"
                    .formatted(length)
                + " data \\(.*\\), expected a complete archive. Get a fresh copy of it.");
  }

  @Test
  void noticesATruncatedTrailer() throws IOException {
    byte[] bytes = Files.readAllBytes(binaryArchive);
    Path truncated =
        Files.write(folder.resolve("short.tar.gz"), Arrays.copyOf(bytes, bytes.length - 3));
    assertFails(truncated)
        .hasMessageContaining("found its end at byte offset " + (bytes.length - 3));
  }

  @Test
  void checksTheChecksumAtTheEndOfTheArchive() throws IOException {
    byte[] bytes = Files.readAllBytes(binaryArchive);
    bytes[bytes.length - 6] ^= 1;
    Path damaged = Files.write(folder.resolve("damaged.tar.gz"), bytes);
    assertFails(damaged)
        .hasMessageContaining("found damaged data near byte offset")
        .hasMessageContaining("CRC32");
  }

  @Test
  void noticesATruncatedTar() throws IOException {
    Path tar = folder.resolve("cifar.tar");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(binaryArchive))) {
      Files.write(tar, in.readNBytes(40_000_000));
    }
    assertFails(tar).hasMessageContaining("found its end at byte offset 40000000");
  }

  @Test
  void namesTheBatchInAnArchiveThatIsDamaged() throws IOException {
    Path archive = folder.resolve("cifar.tar.gz");
    byte[] batch = CifarFiles.binaryBatch(Batch.DATA_BATCH_1);
    batch[3073 * 2] = 77;
    try (var tar = CifarFiles.tarGz(archive)) {
      CifarFiles.addFile(tar, "x/data_batch_1.bin", batch);
    }
    assertFails(archive)
        .hasMessage(
            "Cannot read x/data_batch_1.bin in %s: found label 77 in record 2 at byte offset 6146,"
                    .formatted(archive)
                + " expected 0 to 9. Get a fresh copy of the file.");
  }

  @Test
  void namesTheBatchesThatAnArchiveLacks() throws IOException {
    Path archive = folder.resolve("cifar.tar.gz");
    try (var tar = CifarFiles.tarGz(archive)) {
      CifarFiles.addFile(tar, "test_batch", CifarFiles.binaryBatch(Batch.TEST_BATCH));
    }
    assertFails(archive)
        .hasMessageContaining(
            "found no data_batch_1, data_batch_2, data_batch_3, data_batch_4, data_batch_5,");
  }

  @Test
  void bothFormsOfCifar100HaveItsImages() throws IOException {
    ImageSource images = new SyntheticImages(Cifar.CIFAR_100);
    long[] sums = sums(images);
    Path binary = CifarFiles.writeBinary100(images, folder.resolve("a"));
    Path python = CifarFiles.writePython100(images, Files.createDirectory(folder.resolve("b")));
    for (Path form : List.of(binary, binary.getParent(), python, python.getParent())) {
      ImageSource source = open(form);
      assertThat(source.dataSet().title()).isEqualTo("CIFAR-100");
      assertThat(source.dataSet().classNames()).hasSize(100).contains("baby").isSorted();
      assertThat(Arrays.equals(sums(source), sums)).as("%s", form).isTrue();
    }
    Files.delete(binary.resolve("test.bin"));
    assertFails(folder.resolve("a"))
        .hasMessageEndingWith(
            "found no test, expected train and test. Get a complete copy of CIFAR-100.");
    Files.move(binary.resolve("train.bin"), binary.resolve("data_batch_1.bin"));
    assertFails(binary).hasMessageContaining("found no data_batch_2");
  }

  @Test
  void namesTheBatchThatADirectoryLacks() throws IOException {
    for (Batch batch : Batch.values()) {
      if (batch.of() == Cifar.CIFAR_10 && batch != Batch.DATA_BATCH_4) {
        Files.createFile(folder.resolve(batch.fileName() + ".bin"));
      }
    }
    assertFails(folder)
        .hasMessage(
            "Cannot read %s: found no data_batch_4, expected data_batch_1 to data_batch_5 and"
                    .formatted(folder)
                + " test_batch. Get a complete copy of CIFAR-10.");
  }

  @Test
  void asksWhichOfTwoCopiesToRead() throws IOException {
    for (String name : List.of("cifar-10-batches-py", "cifar-10-batches-bin")) {
      Files.createFile(Files.createDirectory(folder.resolve(name)).resolve("data_batch_1"));
    }
    assertThatThrownBy(() -> open(folder))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessage(
            "Cannot choose the data in %s: found cifar-10-batches-bin and cifar-10-batches-py,"
                    .formatted(folder)
                + " expected one copy of CIFAR-10. Give the path of one of them.");
  }

  @Test
  void asksWhichOfTwoArchivesToRead() throws IOException {
    Files.createLink(folder.resolve("a"), binaryArchive);
    Files.createLink(folder.resolve("b"), binaryArchive);
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("found a and b, expected one copy");
  }

  @Test
  void takesTheBinaryVersionOfBothSideBySide() throws IOException {
    Files.createLink(folder.resolve("a"), pythonArchive);
    Files.createLink(folder.resolve("b"), binaryArchive);
    assertThat(open(folder).read(image -> {})).extracting(SourceFile::name).containsExactly("b");
    for (Path directory : List.of(binaryDirectory, pythonDirectory)) {
      link(directory, folder.resolve("both"));
    }
    assertThat(open(folder.resolve("both")).read(image -> {}))
        .extracting(SourceFile::name)
        .hasSize(6)
        .allMatch(name -> name.endsWith(".bin"));
  }

  /** What torchvision and Keras leave, with CIFAR-100 and MNIST beside. */
  @Test
  void isNotDisturbedByOtherDataSets() throws IOException {
    link(pythonDirectory, folder.resolve("cifar-10-batches-py"));
    Files.createLink(folder.resolve("cifar-10-python.tar.gz"), pythonArchive);
    addOtherDataSets();
    assertThat(Arrays.equals(sums(open(folder)), expected)).isTrue();
    assertThat(open(folder).read(image -> {})).hasSize(6);
  }

  @Test
  void findsTheArchiveAmongThoseOfOtherDataSets() throws IOException {
    Files.createLink(folder.resolve("cifar-10-batches-py-target_archive"), pythonArchive);
    addOtherDataSets();
    assertThat(open(folder).read(image -> {}))
        .containsExactly(sourceFile(folder.resolve("cifar-10-batches-py-target_archive")));
  }

  @Test
  void findsBatchesTwoLevelsBelow() throws IOException {
    link(pythonDirectory, folder.resolve("cifar-10-batches-py-target/cifar-10-batches-py"));
    assertThat(open(folder).read(image -> {})).hasSize(6);
  }

  @Test
  void prefersAWholeCopyToWhatWasLeftUnfinished() throws IOException {
    byte[] start = Arrays.copyOf(Files.readAllBytes(binaryArchive), 100_000);
    Files.write(folder.resolve("cifar-10-binary.tar.gz.part"), start);
    Files.createLink(folder.resolve("cifar-10-binary.tar.gz"), binaryArchive);
    Path cut = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
    Files.createLink(cut.resolve("data_batch_1.bin"), binaryDirectory.resolve("data_batch_1.bin"));
    assertThat(open(folder).read(image -> {})).containsExactly(sourceFile(binaryArchive));
  }

  private void addOtherDataSets() throws IOException {
    Path cifar100 = Files.createDirectories(folder.resolve("cifar-100-python"));
    for (String name : List.of("train", "test", "meta", "file.txt~")) {
      Files.write(cifar100.resolve(name), new byte[100]);
    }
    try (var tar = CifarFiles.tarGz(folder.resolve("cifar-100-python.tar.gz"))) {
      CifarFiles.addFile(tar, "cifar-100-python/train", new byte[2 << 20]);
    }
    Path mnist = Files.createDirectories(folder.resolve("MNIST/raw"));
    Files.write(mnist.resolve("t10k-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0x27, 0x10});
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(mnist.resolve("t10k-labels-idx1-ubyte.gz")))) {
      out.write(new byte[] {0, 0, 8, 1, 0, 0, 0x27, 0x10});
    }
    Files.write(folder.resolve("mnist.npz"), new byte[] {'P', 'K', 3, 4});
  }

  private static void link(Path directory, Path other) throws IOException {
    Files.createDirectories(other);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Path link = other.resolve(file.getFileName());
        if (Files.notExists(link)) {
          Files.createLink(link, file);
        }
      }
    }
  }

  static Stream<Arguments> otherForms() {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    return Stream.of(
        Arguments.of(
            "data_batch_1.mat",
            "MATLAB 5.0 MAT-file, Platform: GLNXA64".getBytes(StandardCharsets.UTF_8),
            "a MATLAB file (data_batch_1.mat)",
            "CIFAR-10's MATLAB version is not read: give cifar-10-binary.tar.gz"),
        Arguments.of(
            "plain_text/train-00000-of-00001.parquet",
            new byte[] {'P', 'A', 'R', '1', 0x15},
            "Parquet of another layout (plain_text/train-00000-of-00001.parquet)",
            "Give cifar-10-binary.tar.gz"),
        Arguments.of(
            "train/airplane/0001.png",
            png,
            "a picture (train/airplane/0001.png)",
            "Put those of each class into a directory of its own"),
        Arguments.of(
            "archive.zip", new byte[] {'P', 'K', 3, 4}, "a zip archive (archive.zip)", "Unpack it"),
        Arguments.of(
            "train.7z",
            new byte[] {'7', 'z', (byte) 0xbc, (byte) 0xaf, 0x27, 0x1c},
            "a 7z archive (train.7z)",
            "Give cifar-10-binary.tar.gz"),
        Arguments.of(
            "train-images-idx3-ubyte",
            new byte[] {0, 0, 8, 3, 0, 0, (byte) 0xea, 0x60},
            "an IDX file, as MNIST's are (train-images-idx3-ubyte)",
            "Give the directory with its four files"),
        Arguments.of(
            "cifar-10-binary.tar.gz",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0"
                .getBytes(StandardCharsets.UTF_8),
            "a Git LFS pointer in place of a file (cifar-10-binary.tar.gz)",
            "Fetch the file itself with git lfs pull"),
        Arguments.of(
            "cifar-10-binary.tar.gz",
            new byte[0],
            "an empty file (cifar-10-binary.tar.gz)",
            "Get a fresh copy of it"),
        Arguments.of(
            "cifar-10-binary.tar",
            new byte[10240],
            "zeros, as in an empty tar archive (cifar-10-binary.tar)",
            "Get a fresh copy of it"),
        Arguments.of(
            "manifest.json",
            "{\"formatVersion\": 1}".getBytes(StandardCharsets.UTF_8),
            "prepared shards (manifest.json)",
            "Give them to train with --shards"));
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void namesWhatIsThereInstead(String name, byte[] content, String found, String advice)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.writeString(folder.resolve("README.md"), "# Data\n");
    assertFails(folder)
        .hasMessageStartingWith(
            "Cannot read %s: found %s, expected CIFAR-10: ".formatted(folder, found))
        .hasMessageContaining(". " + advice);
    if (!name.equals("manifest.json")) {
      assertFails(file)
          .hasMessageStartingWith(
              "Cannot read %s: found %s, expected CIFAR-10: "
                  .formatted(file, found.replaceFirst(" \\([^()]*\\)$", "")))
          .hasMessageContaining(". " + advice);
    }
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void namesWhatIsInAnArchiveInstead(String name, byte[] content, String found, String advice)
      throws IOException {
    Path archive = folder.resolve("other.tar.gz");
    try (var tar = CifarFiles.tarGz(archive)) {
      CifarFiles.addFile(tar, "readme", "text".getBytes(StandardCharsets.UTF_8));
      CifarFiles.addFile(tar, "folder/" + name, content);
    }
    if (!name.equals("manifest.json")) {
      assertFails(archive).hasMessageContaining("(folder/" + name + "), expected CIFAR-10: ");
      assertFails(folder)
          .hasMessageContaining("(folder/%s in other.tar.gz), expected".formatted(name))
          .hasMessageContaining(". " + advice);
    }
  }

  @Test
  void namesAnEmptyArchive() throws IOException {
    Path archive = folder.resolve("empty.tar.gz");
    CifarFiles.tarGz(archive).close();
    assertFails(archive).hasMessageContaining("found an empty archive, expected CIFAR-10: ");
  }

  @Test
  void namesWhatAGzipFileHolds() throws IOException {
    Path file = folder.resolve("train-labels-idx1-ubyte.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(new byte[] {0, 0, 8, 1, 0, 0, 0x27, 0x10});
      out.write(new byte[10_000]);
    }
    assertFails(file).hasMessageContaining("found an IDX file, as MNIST's are, gzip'd, expected");
  }

  /** What is opened and never ends, or is not there when it is opened. */
  @Test
  void passesOverPipesAndBrokenLinks() throws Exception {
    Path pipe = folder.resolve("data_batch_1");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    Files.createSymbolicLink(folder.resolve("broken.tar.gz"), folder.resolve("nowhere"));
    Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
    Files.createSymbolicLink(folder.resolve("endless"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.resolve("self"), folder);
    assertFails(folder).hasMessageContaining("found neither batches nor an archive, expected");
    for (Path odd : List.of(pipe, folder.resolve("endless"))) {
      assertFails(odd).hasMessageContaining("found a pipe, socket or device, expected CIFAR-10: ");
    }
    Files.createLink(folder.resolve("download"), pythonArchive);
    assertThat(open(folder).read(image -> {})).hasSize(1);
  }

  /** A file system that lets nobody into what is called "locked", whoever runs the tests. */
  public static final class PartlyClosedFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("partly:///");
    }

    @Override
    public String getScheme() {
      return "partly";
    }

    @Override
    public FileStatus[] listStatus(org.apache.hadoop.fs.Path path) throws IOException {
      requireOpen(path);
      return super.listStatus(path);
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      requireOpen(path);
      return super.open(path, buffer);
    }

    private static void requireOpen(org.apache.hadoop.fs.Path path) throws IOException {
      if (path.getName().startsWith("locked")) {
        throw new AccessControlException("Permission denied: " + path);
      }
    }
  }

  @Test
  void isNotStoppedByWhatCannotBeReadBeside() throws IOException {
    Files.createDirectory(folder.resolve("locked"));
    Files.write(folder.resolve("locked.tar.gz"), new byte[1000]);
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.partly.impl", PartlyClosedFileSystem.class, RawLocalFileSystem.class);
    hadoop.setBoolean("fs.partly.impl.disable.cache", true);
    var path = new org.apache.hadoop.fs.Path("partly://" + folder);
    assertThatThrownBy(() -> ImageSources.open(path, hadoop))
        .hasMessageContaining(
            "found neither batches nor an archive, nor permission to look into locked");
    Files.createLink(folder.resolve("cifar.tar.gz"), pythonArchive);
    assertThat(ImageSources.open(path, hadoop).read(image -> {})).hasSize(1);
  }

  @Test
  void refusesAnEmptyDirectory() {
    assertFails(folder)
        .hasMessage(
            "Cannot read %s: found an empty directory, expected CIFAR-10: its .tar.gz archive, or"
                    .formatted(folder)
                + " the directory that was extracted from it; or CIFAR-100's or MNIST's files, or a directory of"
                + " pictures for each class. Give the path of one of them.");
  }

  @Test
  void refusesADirectoryOfOtherThings() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "nothing here");
    assertFails(folder)
        .hasMessageContaining("found neither batches nor an archive, expected CIFAR-10: ");
  }

  @Test
  void refusesAPathThatDoesNotExist() {
    assertFails(folder.resolve("nowhere"))
        .hasMessage(
            "Cannot read file:%s/nowhere: found no such path, expected a file or directory. Check the"
                    .formatted(folder)
                + " spelling.");
  }

  @Test
  void refusesAPathWithoutPermission() {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.closed.impl", ClosedFileSystem.class, RawLocalFileSystem.class);
    hadoop.setBoolean("fs.closed.impl.disable.cache", true);
    assertThatThrownBy(
            () -> ImageSources.open(new org.apache.hadoop.fs.Path("closed:///data"), hadoop))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessage(
            "Cannot read closed:/data: found no permission (Permission denied: user=nobody,"
                + " access=EXECUTE), expected the right to. Give it to the user of this process, or use"
                + " another place.")
        .hasCauseInstanceOf(AccessControlException.class);
  }

  @Test
  void refusesASchemeThatNothingServes() {
    assertThatThrownBy(
            () ->
                ImageSources.open(
                    new org.apache.hadoop.fs.Path("nosuch://host/data"), new Configuration(false)))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot read nosuch://host/data: found a scheme that nothing serves (No FileSystem for"
                + " scheme \"nosuch\"), expected file:, hdfs: or another installed one. Add its file system to the class path.");
  }

  @Test
  void refusesAFileThatIsNoArchive() throws IOException {
    Path file = Files.writeString(folder.resolve("cifar-10-binary.tar.gz"), "<html>Moved</html>");
    assertFails(file)
        .hasMessageStartingWith("Cannot read %s: found an HTML page, expected".formatted(file));
  }

  @Test
  void refusesABatchInPlaceOfTheDataSet() {
    assertFails(binaryDirectory.resolve("data_batch_1.bin"))
        .hasMessageContaining("found a file that is no tar archive");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(Path path) {
    return assertThatThrownBy(() -> open(path).read(image -> {}))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA));
  }

  private static ImageSource open(Path path) throws IOException {
    return ImageSources.open(
        new org.apache.hadoop.fs.Path(path.toString()), new Configuration(false));
  }

  /** A checksum of label and pixels for each id; every id must come once. */
  private static long[] sums(ImageSource source) throws IOException {
    long[] sums = new long[Cifar10.TRAINING_IMAGES + Cifar10.TEST_IMAGES];
    CRC32C checksum = new CRC32C();
    source.read(
        image -> {
          assertThat(sums[image.id()]).isZero();
          checksum.reset();
          checksum.update(image.label());
          checksum.update(image.pixels());
          sums[image.id()] = 1 + checksum.getValue();
        });
    assertThat(sums).doesNotContain(0);
    return sums;
  }

  private static SourceFile sourceFile(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return new SourceFile(
          file.getFileName().toString(), bytes.length, HexFormat.of().formatHex(sum));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
