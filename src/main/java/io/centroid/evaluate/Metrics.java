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
 * How good a classifier is on one split. Where examples have weights, each counts with its own in
 * every mean and ratio, but not in {@code examples}, {@code support} and {@code confusion}.
 *
 * @param dataset the data set's title
 * @param split name of the split
 * @param examples how many examples were classified
 * @param accuracy share of them classified correctly, 0 to 1
 * @param accuracyInterval95 lower and upper end of the 95 % Wilson score interval of the accuracy;
 *     weighted examples are as many as (Σ w)² / Σ w² (Kish, "Survey sampling", 1965)
 * @param loss mean of −ln p(truth)
 * @param top3Accuracy share of examples whose class is among the three most probable ones
 * @param macroF1 unweighted mean of the classes' F1
 * @param balancedAccuracy mean recall of the classes that have examples; null in runs of before it
 *     was recorded
 * @param perClass one entry for each class, in label order
 * @param confusion counts; rows are the truth, columns the prediction
 * @param weight the sum of the weights; null where examples have none
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
    @MayLack @JsonInclude(Include.NON_NULL) Double weight,
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
    long examples = Arrays.stream(confusion).flatMapToLong(Arrays::stream).sum();
    if (examples == 0) {
      throw new IllegalArgumentException(
          "Cannot measure split " + split + ": found no examples, expected at least one.");
    }
    List<ClassMetrics> perClass = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      perClass.add(ofClass(label, of.classNames().get(label), counts));
    }
    double weight = sum(counts.truthWeights());
    double accuracy = sum(counts.hitWeights()) / weight;
    boolean weighted = weight != examples || counts.squaredWeights() != examples;
    double effective = weighted ? weight * weight / counts.squaredWeights() : examples;
    ConfidenceInterval interval =
        new WilsonScoreInterval()
            .createInterval(
                (int) Math.round(effective), (int) Math.round(accuracy * effective), 0.95);
    return new Metrics(
        of.title(),
        split,
        examples,
        accuracy,
        List.of(interval.getLowerBound(), interval.getUpperBound()),
        counts.lossSum() / weight,
        counts.top3Weight() / weight,
        perClass.stream().mapToDouble(ClassMetrics::f1).average().orElseThrow(),
        perClass.stream()
            .filter(each -> each.support() > 0)
            .mapToDouble(ClassMetrics::recall)
            .average()
            .orElseThrow(),
        List.copyOf(perClass),
        rows(confusion),
        weighted ? weight : null,
        of.shape().isPicture() ? null : of.examplesAreCalled());
  }

  /** What examples are called in messages. */
  public String things() {
    return examplesAre == null ? "images" : examplesAre;
  }

  private static double sum(double[] weights) {
    return Arrays.stream(weights).reduce(0, Double::sum);
  }

  private static ClassMetrics ofClass(int label, String name, Counts counts) {
    double hits = counts.hitWeights()[label];
    double truths = counts.truthWeights()[label];
    double predicted = counts.predictionWeights()[label];
    return new ClassMetrics(
        label,
        name,
        ratio(hits, predicted),
        ratio(hits, truths),
        ratio(2 * hits, predicted + truths),
        Arrays.stream(counts.confusion()[label]).sum());
  }

  private static double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
  }

  private static List<List<Long>> rows(long[][] matrix) {
    List<List<Long>> rows = new ArrayList<>();
    for (long[] row : matrix) {
      rows.add(Arrays.stream(row).boxed().toList());
    }
    return List.copyOf(rows);
  }
}
