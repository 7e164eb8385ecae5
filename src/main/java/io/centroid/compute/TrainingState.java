package io.centroid.compute;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * What a worker starts a round from, and what averaging makes a new one of. Nobody writes the
 * arrays any more once the state is handed on, except an engine over results that it alone has.
 *
 * @param parameters θ, the network's flat parameters
 * @param updaterState u, the update rule's state in one or more slots, which make up
 *     Deeplearning4j's flat state when put one after the other (Adam: first moments, second
 *     moments)
 * @param iteration t, the steps made so far
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
@DefaultSerializer(RecordSerializer.class)
public record TrainingState(float[] parameters, float[][] updaterState, int iteration)
    implements Serializable {
  /** Of no network: no parameters, no updater state. */
  public static final TrainingState EMPTY =
      new TrainingState(FlatParameters.NONE, new float[0][], 0);

  /** The state that training a network starts from. */
  public static TrainingState initial(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = Networks.initialized(configuration);
    TrainingState state = of(network);
    Networks.close(network);
    return state;
  }

  /** Whether it can be a state of the same training as another one, by the lengths of its parts. */
  public boolean fits(TrainingState other) {
    return parameters.length == other.parameters.length && updaterLength() == other.updaterLength();
  }

  /** The present state of a network. */
  public static TrainingState of(MultiLayerNetwork network) {
    return new TrainingState(
        FlatParameters.read(network.params()),
        new float[][] {FlatParameters.read(network.getUpdater().getStateViewArray())},
        network.getIterationCount());
  }

  /** Puts a network of the same configuration into this state. */
  public void writeTo(MultiLayerNetwork network) {
    FlatParameters.write(parameters, network.params());
    FlatParameters.write(flatUpdaterState(), network.getUpdater().getStateViewArray());
    network.setIterationCount(iteration);
  }

  /**
   * A state of its arrays.
   *
   * @param arrays as {@link #array} numbers them; none for {@link #EMPTY}
   */
  public static TrainingState of(float[][] arrays, int iteration) {
    return arrays.length == 0
        ? EMPTY
        : new TrainingState(arrays[0], Arrays.copyOfRange(arrays, 1, arrays.length), iteration);
  }

  /** The parameters (0), or a slot of updater state (from 1). */
  public float[] array(int array) {
    return array == 0 ? parameters : updaterState[array - 1];
  }

  /** All arrays, as {@link #array} numbers them; none of {@link #EMPTY}. */
  public float[][] arrays() {
    float[][] arrays = new float[parameters.length == 0 ? 0 : 1 + updaterState.length][];
    for (int array = 0; array < arrays.length; array++) {
      arrays[array] = array(array);
    }
    return arrays;
  }

  /** Lengths of all arrays. */
  public int[] lengths() {
    return IntStream.rangeClosed(0, updaterState.length).map(a -> array(a).length).toArray();
  }

  /** Slot number {@code slot} of the updater state when it is cut into {@code slots}; read only. */
  float[] slot(int slot, int slots) {
    if (updaterState.length == slots) {
      return updaterState[slot];
    }
    float[] flat = flatUpdaterState();
    int length = flat.length / slots;
    return Arrays.copyOfRange(flat, slot * length, (slot + 1) * length);
  }

  /**
   * The same state with its updater state in slots that are as long as the parameters, if it can be
   * cut so: what arrays are cut at is then the same for all states of a training.
   */
  public TrainingState inSlots() {
    int slots = parameters.length == 0 ? 0 : updaterLength() / parameters.length;
    if (slots == updaterState.length || slots * parameters.length != updaterLength()) {
      return this;
    }
    float[][] cut = new float[slots][];
    for (int slot = 0; slot < slots; slot++) {
      cut[slot] = slot(slot, slots);
    }
    return new TrainingState(parameters, cut, iteration);
  }

  private int updaterLength() {
    return Arrays.stream(updaterState).mapToInt(slot -> slot.length).sum();
  }

  /** The updater state as Deeplearning4j has it. */
  private float[] flatUpdaterState() {
    if (updaterState.length == 1) {
      return updaterState[0];
    }
    float[] flat = new float[updaterLength()];
    int offset = 0;
    for (float[] slot : updaterState) {
      System.arraycopy(slot, 0, flat, offset, slot.length);
      offset += slot.length;
    }
    return flat;
  }
}
