package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NormalizerTest {
  private static final ChannelStatistics STATISTICS =
      new ChannelStatistics(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));

  /** Every pixel value in every channel comes back from its feature, exactly. */
  @ParameterizedTest
  @EnumSource(Normalization.class)
  void pixelsComeBackFromTheirFeatures(Normalization normalization) {
    Normalizer normalizer = new Normalizer(normalization, STATISTICS);
    byte[] pixels = new byte[2 * Cifar10.FEATURES];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / Cifar10.CHANNELS);
    }
    float[] features = new float[Cifar10.FEATURES + 5];
    normalizer.apply(pixels, Cifar10.FEATURES, features, 5);
    float[] image = Arrays.copyOfRange(features, 5, features.length);
    assertThat(normalizer.pixels(image))
        .isEqualTo(Arrays.copyOfRange(pixels, Cifar10.FEATURES, pixels.length));

    image[1] = Math.nextUp(image[1]);
    assertThatThrownBy(() -> normalizer.pixels(image))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot turn features into pixels: found "
                + image[1]
                + ", expected a normalized pixel.");
  }
}
