package io.centroid.ml;

import io.centroid.data.DataSet;
import io.centroid.data.Normalization;
import io.centroid.evaluate.Classifier;
import io.centroid.model.ModelCard;
import java.util.Collections;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/**
 * What a model predicts with.
 *
 * @param configuration the network
 * @param parameters in Deeplearning4j's order
 * @param dataSet what it was trained on
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
record TrainedNetwork(MultiLayerConfiguration configuration, float[] parameters, DataSet dataSet) {

  /** Its card; features are taken as they are. */
  ModelCard card() {
    int features = dataSet.features();
    return new ModelCard(
        dataSet.title(),
        dataSet.classNames(),
        dataSet.shape().axes(),
        Normalization.NONE,
        Collections.nCopies(features, 0.0),
        Collections.nCopies(features, 1.0),
        dataSet.featureNames());
  }

  /** Units of every layer: features, hidden layers, classes. */
  int[] layers() {
    return IntStream.concat(
            IntStream.of(dataSet.features()),
            configuration.getConfs().stream()
                .mapToInt(layer -> (int) ((FeedForwardLayer) layer.getLayer()).getNOut()))
        .toArray();
  }

  /** What executors classify with. */
  Classifier classifier() {
    return new Classifier(configuration.toJson(), parameters);
  }
}
