package io.centroid.report;

import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.Metrics.ClassMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is shown of a confusion matrix, of which a thousand classes would make a million cells. */
final class Confusions {
  /** Classes of which the matrix itself is shown. */
  private static final int MOST_CLASSES = 20;

  private Confusions() {}

  /** A class that is taken for another. */
  public record Pair(int truth, int prediction, long count) {}

  /** Whether the matrix itself can be looked at. */
  static boolean isSmall(Metrics metrics) {
    return metrics.perClass().size() <= MOST_CLASSES;
  }

  /** Whether there are as many examples of every class. */
  static boolean isBalanced(Metrics metrics) {
    return metrics.weight() == null
        && metrics.perClass().stream().mapToLong(ClassMetrics::support).distinct().count() == 1;
  }

  /** The classes that are most often taken for another one, the most frequent first. */
  static List<Pair> worstPairs(Metrics metrics, int most) {
    List<Pair> pairs = new ArrayList<>();
    for (int truth = 0; truth < metrics.confusion().size(); truth++) {
      List<Long> row = metrics.confusion().get(truth);
      for (int prediction = 0; prediction < row.size(); prediction++) {
        if (prediction != truth && row.get(prediction) > 0) {
          pairs.add(new Pair(truth, prediction, row.get(prediction)));
        }
      }
    }
    return pairs.stream()
        .sorted(Comparator.comparingLong(Pair::count).reversed())
        .limit(most)
        .toList();
  }

  /** The classes with examples that are told worst, the worst first. */
  static List<ClassMetrics> worstClasses(Metrics metrics, int most) {
    return metrics.perClass().stream()
        .filter(each -> each.support() > 0)
        .sorted(Comparator.comparingDouble(ClassMetrics::f1).thenComparingInt(ClassMetrics::label))
        .limit(most)
        .toList();
  }
}
