package io.centroid.source;

import static io.centroid.source.IdxFiles.idx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.FeatureShape;
import io.centroid.data.ImageSource;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdxImagesTest {
  @TempDir private Path directory;

  @Test
  void everyImageWithItsLabelInTheOfficialOrder() throws IOException {
    IdxFiles.write(directory, 10, 40, 20);
    ImageSource source = open();
    assertThat(source.dataSet().title()).isEqualTo(directory.getFileName().toString());
    assertThat(source.dataSet().shape()).isEqualTo(FeatureShape.picture(6, 5, 1));
    assertThat(source.dataSet().classNames())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(source.trainingImages()).isEqualTo(40);
    assertThat(source.testImages()).isEqualTo(20);
    List<Integer> ids = new ArrayList<>();
    byte[][] pixels = new byte[60][];
    assertThat(
            source.read(
                image -> {
                  ids.add(image.id());
                  pixels[image.id()] = image.pixels().clone();
                  assertThat(image.label()).isEqualTo(image.id() % 10);
                }))
        .extracting(file -> file.name())
        .containsExactly(
            "train-labels-idx1-ubyte.gz",
            "train-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte");
    assertThat(ids).hasSize(60).isSorted().doesNotHaveDuplicates();
    assertThat(pixels[3]).startsWith(0, 1, 2, 3, 4).endsWith((byte) (60 + 8 + (3 + 29) % 7));
  }

  @ParameterizedTest
  @CsvSource({"'5,0,4,1,9,2,1,3', MNIST, 0", "'9,0,0,3,0,2,7,2', Fashion-MNIST, T-shirt/top"})
  void knownDataSetsAreCalledByTheirNames(String labels, String title, String first)
      throws IOException {
    byte[] bytes = new byte[8];
    String[] each = labels.split(",");
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Byte.parseByte(each[i]);
    }
    write("train", bytes);
    write("t10k", bytes);
    assertThat(open().dataSet().title()).isEqualTo(title);
    assertThat(open().dataSet().classNames()).hasSize(10).startsWith(first);
  }

  @Test
  void coloursAreReadTooAndWhatWasUnpackedIsPreferred() throws IOException {
    write("train", new byte[] {0, 1});
    write("test", new byte[] {1, 0});
    Files.write(directory.resolve("train-images-idx4"), idx(new byte[24], 2, 2, 2, 3));
    Files.delete(directory.resolve("train-images"));
    Files.write(directory.resolve("test-images"), idx(new byte[24], 2, 2, 2, 3));
    Files.write(directory.resolve("train-labels-idx1-ubyte.gz"), new byte[] {0x1f, (byte) 0x8b, 0});
    assertThat(open().dataSet().shape()).isEqualTo(FeatureShape.picture(2, 2, 3));
    assertThat(open().read(image -> {})).hasSize(4);
  }

  @Test
  void whatIsDamagedIsRefused() throws IOException {
    write("train", new byte[] {0, 1});
    write("test", new byte[] {1, 0});
    byte[] whole = Files.readAllBytes(directory.resolve("train-images"));
    for (int length : new int[] {17, whole.length - 1, whole.length + 1}) {
      Files.write(directory.resolve("train-images"), Arrays.copyOf(whole, length));
      assertRefused("train-images");
    }
    Files.write(directory.resolve("train-images"), idx(new byte[4], 1, 2, 2));
    assertRefused("1 images in train-images and 2 labels in train-labels");
    Files.write(directory.resolve("train-images"), idx(new byte[12], 2, 2, 3));
    assertRefused("training and test images of different sizes");
    Files.write(directory.resolve("train-images"), idx(new byte[8], 0, 2, 2));
    assertRefused("0 examples");
    Files.write(directory.resolve("train-images"), whole);
    Files.delete(directory.resolve("test-labels"));
    assertRefused("none of labels in a file named t10k or test");
    Files.write(directory.resolve("test-labels"), idx(new byte[] {0, 0}, 2));
    Files.write(directory.resolve("train-labels"), idx(new byte[] {0, 0}, 2));
    assertRefused("1 class names");
  }

  private void write(String split, byte[] labels) throws IOException {
    Files.write(directory.resolve(split + "-labels"), idx(labels, labels.length));
    Files.write(
        directory.resolve(split + "-images"),
        idx(new byte[labels.length * 4], labels.length, 2, 2));
  }

  private ImageSource open() throws IOException {
    return ImageSources.open(
        new org.apache.hadoop.fs.Path(directory.toString()), new Configuration());
  }

  private void assertRefused(String found) {
    assertThatThrownBy(() -> open().read(image -> {}))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("Cannot read " + "file:" + directory)
        .hasMessageContaining(found)
        .hasMessageContaining("expected the four files of MNIST");
  }
}
