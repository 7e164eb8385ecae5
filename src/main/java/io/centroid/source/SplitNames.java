package io.centroid.source;

import io.centroid.data.Split;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What people call the splits. */
final class SplitNames {
  private static final Map<Split, Set<String>> NAMES =
      new EnumMap<>(
          Map.of(
              Split.TRAIN, Set.of("train", "training"),
              Split.VALIDATION, Set.of("validation", "valid", "val", "dev"),
              Split.TEST, Set.of("test", "testing")));

  private SplitNames() {}

  /** The split of a name, whatever case it is in. */
  static Optional<Split> split(String name) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().contains(name.toLowerCase(Locale.ROOT)))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
