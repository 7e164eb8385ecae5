package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
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
    normalizer.apply(pixels, Cifar10.FEATURES, features, 5, Cifar10.FEATURES);
    for (int i = 0; i < Cifar10.FEATURES; i++) {
      int channel = i % Cifar10.CHANNELS;
      float feature = features[5 + i];
      int pixel = pixels[Cifar10.FEATURES + i] & 0xff;
      assertThat(feature).isEqualTo(normalizer.feature(channel, pixel));
      assertThat(normalizer.pixel(channel, feature)).isEqualTo(pixel);
      assertThat(normalizer.pixel(channel, Math.nextUp(feature))).isEqualTo(-1);
      assertThat(normalizer.pixel(channel, Math.nextDown(feature))).isEqualTo(-1);
    }
    for (float none : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1e9f}) {
      assertThat(normalizer.pixel(1, none)).isEqualTo(-1);
    }
  }
}
