package io.centroid.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.example.FeatureCoding;
import io.centroid.json.MayLack;
import java.util.List;

/**
 * What one must know to use a model; stored inside the model file.
 *
 * @param dataset title of the data set it was trained on
 * @param classNames in label order
 * @param inputShape of one example: height, width, channels of a picture
 * @param normalization how pixels become features
 * @param mean per channel, of pixels / 255; used by {@link Normalization#STANDARDIZE}
 * @param deviation per channel, of pixels / 255; used by {@link Normalization#STANDARDIZE}. Of rows
 *     mean and deviation are those of the columns
 * @param featureNames of the columns of a row; null where the input is pixels
 */
public record ModelCard(
    String dataset,
    List<String> classNames,
    List<Integer> inputShape,
    Normalization normalization,
    List<Double> mean,
    List<Double> deviation,
    @MayLack @JsonInclude(Include.NON_NULL) List<String> featureNames) {

  /** Checks what it says; throws {@link IllegalArgumentException}. */
  public ModelCard {
    DataSet described =
        new DataSet(dataset, new FeatureShape(inputShape), classNames, featureNames);
    new ChannelStatistics(mean, deviation).requireFit(described.shape());
  }

  /** What it was trained on. */
  public DataSet dataSet() {
    return new DataSet(dataset, new FeatureShape(inputShape), classNames, featureNames);
  }

  /** How what examples are kept as becomes features. */
  public FeatureCoding coding() {
    return FeatureCoding.of(
        new FeatureShape(inputShape), normalization, new ChannelStatistics(mean, deviation));
  }
}
