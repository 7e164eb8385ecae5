package io.centroid.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Csv;
import io.centroid.publish.WholeFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.apache.commons.lang3.StringUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a model says of every test image, or of a million where there are more, in ascending order
 * of ids: {@code predictions.csv} of a run, with a header and a line for each image.
 */
public record TestPredictions(List<Prediction> predictions) {
  /** Its name in a run's directory. */
  public static final String FILE = "predictions.csv";

  /** So much of a line is quoted. */
  private static final int LONGEST_LINE = 100;

  /** Takes predictions in any order. */
  public TestPredictions {
    predictions = predictions.stream().sorted(Comparator.comparingLong(Prediction::id)).toList();
  }

  /** Whether these are of images with the same ids and labels. */
  public boolean sameImages(TestPredictions other) {
    return images().equals(other.images());
  }

  /** Compares with another model's predictions of the same images; this is the first one. */
  public McNemar against(TestPredictions other) {
    if (!sameImages(other)) {
      throw new IllegalArgumentException("Cannot compare predictions of different images.");
    }
    return McNemar.of(
        column(Prediction::label),
        column(Prediction::predicted),
        other.column(Prediction::predicted));
  }

  /** The file's content. */
  public String toCsv() {
    return Csv.write(Prediction.class, predictions);
  }

  /**
   * Reads the predictions of a run.
   *
   * @return nothing for a run of before they were kept
   * @throws JobException with category DATA when the file is damaged
   */
  public static Optional<TestPredictions> read(Path run, Configuration hadoop) throws IOException {
    Path file = new Path(run, FILE);
    return WholeFile.read(file, hadoop).map(text -> parse(file, text));
  }

  private static TestPredictions parse(Path file, String text) {
    try {
      List<Prediction> predictions = Csv.read(Prediction.class, text);
      if (predictions.isEmpty()) {
        throw damaged(file, text, 1, null);
      }
      return new TestPredictions(predictions);
    } catch (JsonProcessingException e) {
      throw damaged(file, text, e.getLocation() == null ? 1 : e.getLocation().getLineNr(), e);
    }
  }

  private static JobException damaged(Path file, String text, int line, Exception cause) {
    return JobException.data(
        "Cannot read %s, line %d: found %s, expected id,label,predicted,probability. Train the run again."
            .formatted(
                file,
                line,
                StringUtils.abbreviate(
                    text.lines().skip(line - 1L).findFirst().orElse("nothing"), LONGEST_LINE)),
        cause);
  }

  /** Ids and labels. */
  private List<List<Long>> images() {
    return predictions.stream().map(image -> List.of(image.id(), (long) image.label())).toList();
  }

  private int[] column(ToIntFunction<Prediction> of) {
    return predictions.stream().mapToInt(of).toArray();
  }
}
