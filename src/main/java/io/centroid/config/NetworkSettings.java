package io.centroid.config;

import java.util.List;

/**
 * Settings of the network.
 *
 * @param kind its form
 * @param hiddenWidths units of the hidden Dense layers, first to last, each 1 to 100,000
 * @param dropout probability that a value of a hidden layer is dropped in a step, 0 to 0.95
 */
public record NetworkSettings(NetworkKind kind, List<Integer> hiddenWidths, double dropout) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public NetworkSettings {
    hiddenWidths = List.copyOf(hiddenWidths);
    new Problems()
        .require(
            hiddenWidths.stream().allMatch(width -> width >= 1 && width <= 100_000),
            "network.hidden-widths",
            hiddenWidths,
            "each 1 to 100000")
        .require(
            hiddenWidths.size() <= 20, "network.hidden-widths", hiddenWidths, "at most 20 layers")
        .require(dropout >= 0 && dropout <= 0.95, "network.dropout", dropout, "0 to 0.95")
        .throwIfAny();
  }
}
