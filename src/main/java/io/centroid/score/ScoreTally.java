package io.centroid.score;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What was scored, counted by the tasks that write the table: of each Spark takes the count once,
 * however often it runs.
 *
 * @param scored number of images with a score
 * @param unscored number of those without
 * @param problems of some of these
 */
record ScoreTally(
    LongAccumulator scored, LongAccumulator unscored, CollectionAccumulator<Problem> problems)
    implements Serializable {
  private static final int MOST_PROBLEMS = 10;

  /**
   * Why an image has no score.
   *
   * @param id of the image
   * @param reason what was found and expected
   */
  record Problem(String id, String reason) implements Serializable {}

  static ScoreTally of(SparkContext context) {
    return new ScoreTally(
        context.longAccumulator(), context.longAccumulator(), context.collectionAccumulator());
  }

  /** Adds the images of a partition. */
  void add(long images, List<Problem> problemsOfThem) {
    scored.add(images - problemsOfThem.size());
    unscored.add(problemsOfThem.size());
    problemsOfThem.stream().limit(MOST_PROBLEMS).forEach(problems::add);
  }

  /** The first problems, by id. */
  List<Problem> examples() {
    return problems.value().stream()
        .sorted(Comparator.comparing(Problem::id))
        .limit(MOST_PROBLEMS)
        .toList();
  }
}
