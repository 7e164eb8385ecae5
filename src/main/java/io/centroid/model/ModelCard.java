package io.centroid.model;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import java.util.List;

/**
 * What one must know to use a model on images; stored inside the model file.
 *
 * @param dataset title of the data set it was trained on
 * @param classNames in label order
 * @param inputShape of one example: height, width, channels of a picture
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
    DataSet described = new DataSet(dataset, new FeatureShape(inputShape), classNames);
    new ChannelStatistics(mean, deviation).requireFit(described.shape());
  }

  /** What it was trained on. */
  public DataSet dataSet() {
    return new DataSet(dataset, new FeatureShape(inputShape), classNames);
  }

  /** How pixels become features. */
  public Normalizer normalizer() {
    return new Normalizer(normalization, new ChannelStatistics(mean, deviation));
  }
}
