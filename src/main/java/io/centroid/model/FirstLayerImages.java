package io.centroid.model;

import io.centroid.data.FeatureShape;
import io.centroid.data.Thumbnail;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;

/** What the first layer looks at: the weights of its units as images. */
public final class FirstLayerImages {
  private static final double MIDDLE = 127.5;

  private FirstLayerImages() {}

  /**
   * The weights of the units with the longest weight vectors, longest first, as PNG files in
   * Base64: grey is 0, a unit's largest weight is full brightness. Empty for a network whose first
   * layer does not read whole pictures.
   *
   * @param shape of the network's input
   * @param most how many units
   */
  public static List<String> of(
      MultiLayerConfiguration network, float[] parameters, FeatureShape shape, int most) {
    int count = shape.count();
    if (!shape.isPicture()
        || !(network.getConf(0).getLayer() instanceof DenseLayer first)
        || first.getNIn() != count) {
      return List.of();
    }
    double[] lengths = new double[Math.toIntExact(first.getNOut())];
    for (int i = 0; i < lengths.length * count; i++) {
      lengths[i / count] += (double) parameters[i] * parameters[i];
    }
    return IntStream.range(0, lengths.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer unit) -> lengths[unit]).reversed())
        .limit(most)
        .map(unit -> image(parameters, unit * count, shape))
        .toList();
  }

  private static String image(float[] weights, int from, FeatureShape shape) {
    int count = shape.count();
    float largest = Float.MIN_NORMAL;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(weights[from + i]));
    }
    byte[] pixels = new byte[count];
    for (int i = 0; i < count; i++) {
      pixels[i] = (byte) Math.round(MIDDLE + MIDDLE * weights[from + i] / largest);
    }
    return Thumbnail.of(pixels, shape).png();
  }
}
