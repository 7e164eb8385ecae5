package io.centroid.model;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.Cifar10;
import io.centroid.data.Normalization;
import java.util.List;

/**
 * What one must know to use a model on images; stored inside the model file.
 *
 * @param dataset title of the data set it was trained on
 * @param classNames in label order
 * @param inputShape height, width, channels
 * @param normalization how pixels become features
 * @param mean per channel, of pixels / 255; used by {@link Normalization#STANDARDIZE}
 * @param deviation per channel, of pixels / 255; used by {@link Normalization#STANDARDIZE}
 */
public record ModelCard(
    String dataset,
    List<String> classNames,
    List<Integer> inputShape,
    Normalization normalization,
    List<Double> mean,
    List<Double> deviation) {

  /** Checks what it says; throws {@link IllegalArgumentException}. */
  public ModelCard {
    Cifar10.requireFit(dataset, classNames, inputShape);
    new ChannelStatistics(mean, deviation);
  }
}
