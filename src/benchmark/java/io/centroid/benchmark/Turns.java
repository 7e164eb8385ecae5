package io.centroid.benchmark;

import io.centroid.benchmark.Contender.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Contenders in turn, several times over, so that what slows the machine down slows all of them:
 * the ratios of the medians are what counts.
 */
final class Turns {
  private final Map<String, List<Turn>> turns = new LinkedHashMap<>();

  private Turns() {}

  /** Gives every contender one turn to warm up and then {@code repetitions} that count. */
  static Turns take(List<Contender> contenders, int repetitions) {
    Turns taken = new Turns();
    for (int repetition = -1; repetition < repetitions; repetition++) {
      for (Contender contender : contenders) {
        Turn turn = contender.turn();
        if (repetition >= 0) {
          taken.turns.computeIfAbsent(contender.name(), name -> new ArrayList<>()).add(turn);
        }
      }
    }
    return taken;
  }

  /** Who took turns, in order. */
  List<String> names() {
    return List.copyOf(turns.keySet());
  }

  /** The turns of one of them. */
  List<Turn> of(String name) {
    return turns.get(name);
  }

  /** Median of images/s. */
  double speed(String name) {
    return median(of(name), Turn::imagesPerSecond);
  }

  /** The slowest turn's images/s. */
  double slowest(String name) {
    return of(name).stream().mapToDouble(Turn::imagesPerSecond).min().orElseThrow();
  }

  /** The fastest turn's images/s. */
  double fastest(String name) {
    return of(name).stream().mapToDouble(Turn::imagesPerSecond).max().orElseThrow();
  }

  static <T> double median(List<T> values, ToDoubleFunction<T> value) {
    double[] sorted = values.stream().mapToDouble(value).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
