package io.centroid.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.centroid.data.DataSet;
import io.centroid.json.MayLack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * How good a classifier is on one split.
 *
 * @param dataset the data set's title
 * @param split name of the split
 * @param examples how many examples were classified
 * @param accuracy share of them classified correctly, 0 to 1
 * @param accuracyInterval95 lower and upper end of the 95 % Wilson score interval of the accuracy
 * @param loss mean of −ln p(truth)
 * @param top3Accuracy share of examples whose class is among the three most probable ones
 * @param macroF1 unweighted mean of the classes' F1
 * @param balancedAccuracy mean recall of the classes that have examples; null in runs of before it
 *     was recorded
 * @param perClass one entry for each class, in label order
 * @param confusion counts; rows are the truth, columns the prediction
 * @param examplesAre what examples are called, where they are not images; else null
 */
public record Metrics(
    String dataset,
    String split,
    long examples,
    double accuracy,
    List<Double> accuracyInterval95,
    double loss,
    double top3Accuracy,
    double macroF1,
    Double balancedAccuracy,
    List<ClassMetrics> perClass,
    List<List<Long>> confusion,
    @MayLack @JsonInclude(Include.NON_NULL) String examplesAre) {

  /** Checks that the parts fit each other; throws {@link IllegalArgumentException}. */
  public Metrics {
    int classes = perClass.size();
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw new IllegalArgumentException("accuracy " + accuracy + ", which is not within 0 and 1");
    }
    if (accuracyInterval95.size() != 2
        || confusion.size() != classes
        || confusion.stream().anyMatch(row -> row.size() != classes)) {
      throw new IllegalArgumentException(
          "an interval or a confusion matrix of another size than for %d classes"
              .formatted(classes));
    }
  }

  /**
   * How good a classifier is on one class. A ratio whose denominator is 0 is 0.
   *
   * @param label from 0
   * @param name the class
   * @param precision of the examples predicted as this class, the share that is
   * @param recall of the examples of this class, the share predicted as it
   * @param f1 harmonic mean of precision and recall
   * @param support examples of this class
   */
  public record ClassMetrics(
      int label, String name, double precision, double recall, double f1, long support) {}

  /**
   * Metrics from counts.
   *
   * @param of what was classified
   * @throws IllegalArgumentException when nothing was counted
   */
  public static Metrics of(DataSet of, String split, Counts counts) {
    long[][] confusion = counts.confusion();
    long examples = 0;
    long hits = 0;
    for (int truth = 0; truth < confusion.length; truth++) {
      for (long count : confusion[truth]) {
        examples += count;
      }
      hits += confusion[truth][truth];
    }
    if (examples == 0) {
      throw new IllegalArgumentException(
          "Cannot measure split " + split + ": found no examples, expected at least one.");
    }
    List<ClassMetrics> perClass = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      perClass.add(ofClass(label, of.classNames().get(label), confusion));
    }
    ConfidenceInterval interval =
        new WilsonScoreInterval().createInterval((int) examples, (int) hits, 0.95);
    return new Metrics(
        of.title(),
        split,
        examples,
        (double) hits / examples,
        List.of(interval.getLowerBound(), interval.getUpperBound()),
        counts.lossSum() / examples,
        (double) counts.top3Hits() / examples,
        perClass.stream().mapToDouble(ClassMetrics::f1).average().orElseThrow(),
        perClass.stream()
            .filter(each -> each.support() > 0)
            .mapToDouble(ClassMetrics::recall)
            .average()
            .orElseThrow(),
        List.copyOf(perClass),
        rows(confusion),
        of.shape().isPicture() ? null : of.examplesAreCalled());
  }

  /** What examples are called in messages. */
  public String things() {
    return examplesAre == null ? "images" : examplesAre;
  }

  private static ClassMetrics ofClass(int label, String name, long[][] confusion) {
    long hits = confusion[label][label];
    long support = 0;
    long predicted = 0;
    for (int other = 0; other < confusion.length; other++) {
      support += confusion[label][other];
      predicted += confusion[other][label];
    }
    return new ClassMetrics(
        label,
        name,
        ratio(hits, predicted),
        ratio(hits, support),
        ratio(2 * hits, predicted + support),
        support);
  }

  private static double ratio(long numerator, long denominator) {
    return denominator == 0 ? 0 : (double) numerator / denominator;
  }

  private static List<List<Long>> rows(long[][] matrix) {
    List<List<Long>> rows = new ArrayList<>();
    for (long[] row : matrix) {
      rows.add(Arrays.stream(row).boxed().toList());
    }
    return List.copyOf(rows);
  }
}
