package io.centroid.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StandInImagesTest {
  @Test
  void saysThatItIsNotCifar10() throws IOException {
    StandInImages source = new StandInImages(1, 20, 10);
    assertThat(source.dataSet().title()).isEqualTo(StandInImages.TITLE);
    assertThat(source.read(image -> {})).isEmpty();
  }

  @Test
  void numbersTrainingThenTestImages() throws IOException {
    StandInImages source = new StandInImages(1, 120, 30);
    assertThat(source.trainingImages()).isEqualTo(120);
    assertThat(source.testImages()).isEqualTo(30);
    assertThat(images(source))
        .extracting(LabeledImage::id)
        .containsExactlyElementsOf(IntStream.range(0, 150).boxed().toList());
  }

  @Test
  void classesAreBalancedAndShuffled() throws IOException {
    List<Integer> labels =
        images(new StandInImages(5, 500, 100)).stream().map(LabeledImage::label).toList();
    for (Integer label : IntStream.range(0, 10).boxed().toList()) {
      assertThat(labels.subList(0, 500)).filteredOn(label::equals).hasSize(50);
      assertThat(labels.subList(500, 600)).filteredOn(label::equals).hasSize(10);
    }
    assertThat(labels.subList(0, 10)).isNotEqualTo(labels.subList(10, 20));
  }

  @Test
  void theBytesNeverChange() throws IOException {
    assertThat(sum(new StandInImages(1, 200, 50)))
        .isEqualTo("076aaa1337e7c4a643252513a8ac4426d4291fc7f6ad68a0d4b841ab65fde62a");
  }

  @Test
  void theSeedDecides() throws IOException {
    assertThat(sum(new StandInImages(7, 50, 10)))
        .isEqualTo(sum(new StandInImages(7, 50, 10)))
        .isNotEqualTo(sum(new StandInImages(8, 50, 10)));
  }

  @Test
  void testImagesDoNotDependOnTheNumberOfTrainingImages() throws IOException {
    List<LabeledImage> few = images(new StandInImages(1, 10, 20));
    List<LabeledImage> many = images(new StandInImages(1, 100, 20));
    for (int i = 0; i < 20; i++) {
      assertThat(few.get(10 + i).label()).isEqualTo(many.get(100 + i).label());
      assertThat(few.get(10 + i).pixels()).isEqualTo(many.get(100 + i).pixels());
    }
  }

  @Test
  void nearestClassMeanIsBetterThanChanceAndFarFromPerfect() throws IOException {
    List<LabeledImage> images = images(new StandInImages(1, 2000, 1000));
    double[][] means = new double[10][Cifar10.FEATURES];
    for (LabeledImage image : images.subList(0, 2000)) {
      for (int i = 0; i < Cifar10.FEATURES; i++) {
        means[image.label()][i] += Byte.toUnsignedInt(image.pixels()[i]) / 200.0;
      }
    }
    long right =
        images.subList(2000, 3000).stream()
            .filter(image -> nearest(means, image.pixels()) == image.label())
            .count();
    assertThat(right).isBetween(150L, 700L);
  }

  @Test
  void refusesCountsThatCannotBeBalanced() {
    assertThatThrownBy(() -> new StandInImages(1, 55, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("55 images cannot be split evenly over the classes");
    assertThatThrownBy(() -> new StandInImages(1, 50, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static int nearest(double[][] means, byte[] pixels) {
    int best = 0;
    double least = Double.MAX_VALUE;
    for (int label = 0; label < means.length; label++) {
      double distance = 0;
      for (int i = 0; i < pixels.length; i++) {
        double difference = means[label][i] - Byte.toUnsignedInt(pixels[i]);
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = label;
      }
    }
    return best;
  }

  private static List<LabeledImage> images(ImageSource source) throws IOException {
    List<LabeledImage> images = new ArrayList<>();
    source.read(
        image ->
            images.add(
                new LabeledImage(
                    image.id(),
                    image.label(),
                    Arrays.copyOf(image.pixels(), image.pixels().length))));
    return images;
  }

  private static String sum(ImageSource source) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    source.read(
        image -> {
          sha256.update((byte) image.label());
          sha256.update(image.pixels());
        });
    return HexFormat.of().formatHex(sha256.digest());
  }
}
