package io.centroid.score;

import io.centroid.data.Choice;
import io.centroid.error.JobException;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.PublishedModel;
import io.centroid.job.Phases;
import io.centroid.job.Terminal;
import io.centroid.publish.Lock;
import io.centroid.publish.StagedDirectory;
import io.centroid.publish.Target;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Scores images with a published model and writes one row for each, as {@link ScoreTable} has it.
 * The output appears at once, when it is whole, or not at all.
 */
public final class ScoreJob {
  private static final int TASKS_PER_SLOT = 2;

  /** As RFC 4180 has it, with every name as it is; Parquet knows none of these. */
  private static final Map<String, String> CSV =
      Map.of(
          "header", "true",
          "escape", "\"",
          "ignoreLeadingWhiteSpace", "false",
          "ignoreTrailingWhiteSpace", "false");

  private final SparkSession session;
  private final JavaSparkContext context;
  private final PublishedModel model;
  private final PictureSource source;
  private final Target output;
  private final ScoreFormat format;
  private final boolean overwrite;
  private final Phases phases;

  /**
   * Creates a job.
   *
   * @param output the {@link #target place} that gets the table
   * @param overwrite whether scores that stand there are replaced
   * @param phases told of what is happening
   */
  public ScoreJob(
      SparkSession session,
      PublishedModel model,
      PictureSource source,
      Target output,
      ScoreFormat format,
      boolean overwrite,
      Phases phases) {
    this.session = session;
    this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.model = model;
    this.source = source;
    this.output = output;
    this.format = format;
    this.overwrite = overwrite;
    this.phases = phases;
  }

  /** A place for a table of scores. */
  public static Target target(Path output, Configuration hadoop) throws IOException {
    return Target.of(output, "scores", "--output", Target.SUCCESS, hadoop);
  }

  /**
   * Scores and publishes.
   *
   * @throws JobException when the source cannot be used, or something stands at the output
   */
  public void execute() throws Exception {
    phases.say("Model trained on %s", model.card().dataset());
    // Listed before anything of the output is there, which may be among the images.
    JavaRDD<Picture> pictures = source.pictures(context, model.card().dataSet());
    try (Lock lock = output.lock("scores " + output.path(), phases);
        StagedDirectory staging = output.stage(lock)) {
      requireRoom();
      report(write(pictures, staging.path()));
      // Spark's own marker means something else; ours comes when all is checked.
      staging
          .path()
          .getFileSystem(output.hadoop())
          .delete(new Path(staging.path(), output.marker()), false);
      staging.addAll();
      staging.publish("");
    }
  }

  private void requireRoom() throws IOException {
    if (output.isEmpty()) {
      return;
    }
    if (!overwrite) {
      throw JobException.settings(
          "Cannot write scores to %s: found something there, expected an empty place. Use another --output, or --overwrite."
              .formatted(output.path()));
    }
    if (!output.isReplaceable()) {
      throw JobException.settings(
          "Cannot overwrite %s: found files that score did not write, expected scores alone. Use another --output."
              .formatted(output.path()));
    }
  }

  private ScoreTally write(JavaRDD<Picture> pictures, Path staging) throws Exception {
    ScoreTally tally = ScoreTally.of(context.sc());
    Broadcast<Classifier> classifier = context.broadcast(model.classifier());
    // A file for every task slot or so: opening and committing many takes longer than scoring.
    JavaRDD<Row> rows =
        pictures
            .mapPartitions(
                new ScoreTable.Task(
                    classifier, model.card().dataSet(), model.card().coding(), tally))
            .coalesce(TASKS_PER_SLOT * context.defaultParallelism());
    context.setJobDescription("score images");
    phases.run(
        "Score",
        () -> {
          session
              .createDataFrame(rows, ScoreTable.schema(model.card().classNames()))
              .write()
              .mode(SaveMode.Append) // to the empty staging directory
              .options(CSV)
              .format(Choice.name(format))
              .save(staging.toString());
          return null;
        });
    classifier.destroy();
    return tally;
  }

  private void report(ScoreTally tally) {
    phases.say("%,d images scored", tally.scored().value());
    long unscored = tally.unscored().value();
    if (unscored > 0) {
      phases.say("%,d not scored:", unscored);
      List<ScoreTally.Problem> examples = tally.examples();
      examples.forEach(
          problem ->
              phases.say("  %s", Terminal.printable(problem.id() + ": " + problem.reason())));
      if (unscored > examples.size()) {
        phases.say("  and more, each with its row in the table");
      }
    }
  }
}
