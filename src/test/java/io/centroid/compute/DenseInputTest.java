package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.config.AugmentationSettings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import io.centroid.example.Augmentation;
import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
import io.centroid.example.PixelCoding;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DenseInputTest {
  private static final ChannelStatistics STATISTICS =
      new ChannelStatistics(List.of(0.49, 0.48, 0.44), List.of(0.24, 0.25, 0.26));
  private static final float[] NO_LABELS = new float[Cifar10.CLASSES];

  /** Numbers times scale are the features, but for rounding; also in a smaller last minibatch. */
  @ParameterizedTest
  @EnumSource(Normalization.class)
  void holdsTheFeaturesOfAMinibatch(Normalization normalization) {
    PixelCoding coding =
        new PixelCoding(new Normalizer(normalization, STATISTICS), Cifar10.DATA_SET.shape());
    assertHoldsFeatures(coding, Augmentation.NONE);
    assertHoldsFeatures(coding, Augmentation.of(new AugmentationSettings(true, 4), 7, 1));
  }

  private static void assertHoldsFeatures(PixelCoding coding, Augmentation augmentation) {
    ExampleShape shape =
        new ExampleShape(new long[] {Cifar10.FEATURES}, new long[] {Cifar10.CLASSES}, coding);
    Minibatch minibatch = new Minibatch(5, shape, augmentation);
    SplittableRandom random = new SplittableRandom(1);
    try (DenseInput input = new DenseInput(Cifar10.FEATURES)) {
      for (int examples : List.of(3, 5, 2)) {
        byte[] pixels = new byte[(examples + 1) * Cifar10.FEATURES];
        random.nextBytes(pixels);
        minibatch.clear();
        for (int i = 0; i < examples; i++) { // the last image first, the first not at all
          int from = (examples - i) * Cifar10.FEATURES;
          minibatch.add(i, pixels, from, NO_LABELS, 0);
        }
        float[] expected = new float[examples * Cifar10.FEATURES];
        minibatch.copyFeatures(expected);
        input.fill(minibatch);
        float[] found = new float[expected.length];
        input.values().get(found);
        for (int i = 0; i < found.length; i++) {
          assertThat(input.scale() * found[i])
              .isCloseTo(expected[i], Offset.offset(2 * Math.ulp(expected[i])));
        }
      }
    }
  }
}
