package io.centroid.train;

import io.centroid.model.FlatParameters;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * What a worker starts a round from, and what averaging makes a new one of. The arrays are never
 * written after construction.
 *
 * @param parameters θ, the network's flat parameters
 * @param updaterState u, the update rule's flat state (Adam: first and second moments); empty for
 *     rules without state
 * @param iteration t, the steps made so far
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
public record TrainingState(float[] parameters, float[] updaterState, int iteration) {

  /** The present state of a network. */
  public static TrainingState of(MultiLayerNetwork network) {
    return new TrainingState(
        FlatParameters.read(network.params()),
        FlatParameters.read(network.getUpdater().getStateViewArray()),
        network.getIterationCount());
  }

  /** Puts a network of the same configuration into this state. */
  public void writeTo(MultiLayerNetwork network) {
    FlatParameters.write(parameters, network.params());
    FlatParameters.write(updaterState, network.getUpdater().getStateViewArray());
    network.setIterationCount(iteration);
  }
}
