package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.centroid.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A batch as NumPy itself saves it again: that of each Python which {@code NUMPY_PYTHONS} names,
 * with colons between them, or else of {@code python3}.
 */
final class NumpyPicklesTest {
  private static final List<String> PYTHONS =
      List.of(System.getenv().getOrDefault("NUMPY_PYTHONS", "python3").split(":"));

  private static final List<String> FORMS = List.of("official", "arrays", "planes", "scalars");

  @TempDir private static Path directory;

  @BeforeAll
  static void makeBatch() throws IOException {
    for (String python : PYTHONS) {
      assumeThat(python(python, "import numpy")).as("NumPy is installed for " + python).isZero();
    }
    Files.write(
        directory.resolve("batch"),
        CifarFiles.pickledBatch(Batch.TEST_BATCH, CifarFiles.binaryBatch(Batch.TEST_BATCH)));
    Files.writeString(
        directory.resolve("save.py"),
        """
        import numpy, pickle, sys
        batch = pickle.load(open("batch", "rb"), encoding="bytes")
        data, labels = batch[b"data"], batch[b"labels"]
        numbers = numpy.array(labels)
        forms = {
            "official": batch,
            "arrays": {"data": numpy.asfortranarray(data), "labels": numbers},
            "planes": {"data": data.reshape(-1, 3, 32, 32).astype(">i2"), "labels": tuple(labels)},
            "scalars": {b"data": data[::-1][::-1], b"labels": list(numbers.astype("uint8"))},
        }
        for name, form in forms.items():
            with open(name, "wb") as file:
                pickle.dump(form, file, int(sys.argv[1]))
        """);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void readsWhatNumpySaved(int protocol) throws IOException {
    for (String python : PYTHONS) {
      assertThat(python(python, "exec(open('save.py').read())", protocol)).as(python).isZero();
      for (String form : FORMS) {
        PickledBatchTest.assertIsTestBatch(Files.readAllBytes(directory.resolve(form)));
      }
    }
  }

  private static int python(String python, String program, Object... arguments) throws IOException {
    try {
      return new ProcessBuilder(
              CommandLine.of("env", python, "-W", "ignore", "-c", program).with(arguments).list())
          .directory(directory.toFile())
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("output").toFile())
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Python ran", e);
    }
  }
}
