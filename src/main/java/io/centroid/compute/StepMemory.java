package io.centroid.compute;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;

/**
 * The memory that one training state, and one worker that trains from it, takes. Estimates from
 * above by less than a tenth.
 *
 * @param parameters how many the network has
 * @param stateBytes of parameters and updater state
 * @param heapBytes of a local step beside the state it hands over
 * @param nativeBytes of a local step outside the heap
 */
public record StepMemory(long parameters, long stateBytes, long heapBytes, long nativeBytes) {
  /** The gradient of one part of the parameters. */
  private static final long PART = (long) Float.BYTES * DenseParameters.LARGEST_PART;

  /**
   * The memory of a network.
   *
   * @param recipe how it is trained
   * @param minibatchSize examples per step
   */
  public static StepMemory of(
      StepRecipe recipe, MultiLayerConfiguration network, int minibatchSize) {
    long parameters = 0;
    long updaterState = 0;
    long outputs = 0;
    for (int i = 0; i < network.getConfs().size(); i++) {
      BaseLayer layer = (BaseLayer) network.getConf(i).getLayer();
      long count = layer.initializer().numParams(network.getConf(i));
      parameters += count;
      updaterState += layer.getIUpdater().stateSize(count);
    }
    long parameterBytes = Float.BYTES * parameters;
    long stateBytes = parameterBytes + Float.BYTES * updaterState;
    if (recipe.step() == LocalStep.GENERAL) {
      // Deeplearning4j keeps parameters, gradient and updater state, and copies the gradient once.
      return new StepMemory(parameters, stateBytes, 0, stateBytes + 2 * parameterBytes);
    }
    DenseStack stack = DenseStack.of(network).orElseThrow();
    long widestBytes = (long) Float.BYTES * minibatchSize * stack.widest();
    for (DenseStack.Layer layer : stack.layers()) {
      outputs += (long) Float.BYTES * minibatchSize * layer.outputs();
    }
    // As pixels and as numbers.
    long inputBytes = (1L + Float.BYTES) * minibatchSize * stack.layers().get(0).inputs();
    // Only with clipping is the gradient ever whole.
    long gradientBytes = recipe.options().clipNorm() > 0 ? parameterBytes : 0;
    return new StepMemory(
        parameters,
        stateBytes,
        stateBytes - parameterBytes + outputs + widestBytes,
        parameterBytes + gradientBytes + PART + inputBytes + outputs + 2 * widestBytes);
  }
}
