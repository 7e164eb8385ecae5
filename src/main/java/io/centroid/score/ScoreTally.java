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

  /** The count of one task. */
  OfTask ofTask() {
    return new OfTask(this);
  }

  /** Counts the images of one task, and tells the first problems alone. */
  static final class OfTask {
    private final ScoreTally all;
    private int told;

    private OfTask(ScoreTally all) {
      this.all = all;
    }

    void add(Picture image) {
      if (image.isReadable()) {
        all.scored.add(1);
        return;
      }
      all.unscored.add(1);
      if (told < MOST_PROBLEMS) {
        told++;
        all.problems.add(new Problem(image.id(), image.problem()));
      }
    }
  }

  /** The first problems, by id. */
  List<Problem> examples() {
    return problems.value().stream()
        .sorted(Comparator.comparing(Problem::id))
        .limit(MOST_PROBLEMS)
        .toList();
  }
}
