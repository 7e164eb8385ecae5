package io.centroid.config;

import java.util.List;

/**
 * Settings of the network.
 *
 * @param kind its form
 * @param hiddenWidths units of the hidden Dense layers, first to last, each 1 to 100,000
 * @param activations of the hidden layers, first to last; or one for all of them
 * @param alpha α of leaky ReLU, above 0 and below 1; {@link #DEFAULT_ALPHA} without leaky ReLU
 * @param dropout probability that a value of a hidden layer is dropped in a step, 0 to 0.95
 * @param name what the summary calls the model; empty for the kind's name
 * @param layerNames what the summary calls the layers, first to last; none for numbered names
 */
public record NetworkSettings(
    NetworkKind kind,
    List<Integer> hiddenWidths,
    List<ActivationKind> activations,
    double alpha,
    double dropout,
    String name,
    List<String> layerNames) {

  /** Deeplearning4j's. */
  public static final double DEFAULT_ALPHA = 0.01;

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public NetworkSettings {
    hiddenWidths = List.copyOf(hiddenWidths);
    activations = List.copyOf(activations);
    layerNames = List.copyOf(layerNames);
    new Problems()
        .require(
            hiddenWidths.stream().allMatch(width -> width >= 1 && width <= 100_000),
            "network.hidden-widths",
            hiddenWidths,
            "each 1 to 100000")
        .require(
            hiddenWidths.size() <= 20, "network.hidden-widths", hiddenWidths, "at most 20 layers")
        .require(
            activations.size() == 1 || activations.size() == hiddenWidths.size(),
            "network.activations",
            activations.size() + " of them",
            "1, or one for each of the " + hiddenWidths.size() + " hidden layers")
        .require(alpha > 0 && alpha < 1, "network.alpha", alpha, "above 0 and below 1")
        .require(
            alpha == DEFAULT_ALPHA || activations.contains(ActivationKind.LEAKY_RELU),
            "network.alpha",
            alpha,
            DEFAULT_ALPHA + " without leaky-relu among network.activations, which alone uses it")
        .require(dropout >= 0 && dropout <= 0.95, "network.dropout", dropout, "0 to 0.95")
        .require(
            kind != NetworkKind.CHANNEL_DENSE || !hiddenWidths.isEmpty(),
            "network.hidden-widths",
            hiddenWidths,
            "at least one for network.kind = channel-dense, the layer on the channels")
        .throwIfAny();
  }

  /** What the summary calls the model. */
  public String modelName() {
    return name.isBlank() ? kind.modelName() : name;
  }

  /** The activation of a hidden layer, counted from 0. */
  public ActivationKind activation(int layer) {
    return activations.get(activations.size() == 1 ? 0 : layer);
  }
}
