package io.centroid.evaluate;

import io.centroid.error.JobException;
import io.centroid.publish.WholeFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a model says of every test image, in ascending order of ids: {@code predictions.csv} of a
 * run, with a header and a line for each image.
 *
 * @param ids {@code long[n]}: places in the official order
 * @param labels {@code int[n]}: the truth, 0 to 9
 * @param predicted {@code int[n]}: the most probable class, 0 to 9
 * @param probabilities {@code float[n]}: of that class, 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // columns, compared by sameImages
public record TestPredictions(long[] ids, int[] labels, int[] predicted, float[] probabilities) {
  /** Its name in a run's directory. */
  public static final String FILE = "predictions.csv";

  private static final String HEADER = "id,label,predicted,probability";

  /** Of predictions in any order. */
  static TestPredictions of(List<Prediction> predictions) {
    List<Prediction> sorted =
        predictions.stream().sorted(Comparator.comparingLong(Prediction::id)).toList();
    float[] probabilities = new float[sorted.size()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = sorted.get(i).probability();
    }
    return new TestPredictions(
        sorted.stream().mapToLong(Prediction::id).toArray(),
        sorted.stream().mapToInt(Prediction::label).toArray(),
        sorted.stream().mapToInt(Prediction::predicted).toArray(),
        probabilities);
  }

  /** Whether these are of images with the same ids and labels. */
  public boolean sameImages(TestPredictions other) {
    return Arrays.equals(ids, other.ids) && Arrays.equals(labels, other.labels);
  }

  /** Compares with another model's predictions of the same images; this is the first one. */
  public McNemar against(TestPredictions other) {
    if (!sameImages(other)) {
      throw new IllegalArgumentException("Cannot compare predictions of different images.");
    }
    return McNemar.of(labels, predicted, other.predicted);
  }

  /** Writes the file's content. */
  public void write(OutputStream out) throws IOException {
    BufferedWriter writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
    writer.write(HEADER + "\n");
    for (int i = 0; i < ids.length; i++) {
      writer.write(ids[i] + "," + labels[i] + "," + predicted[i] + "," + probabilities[i] + "\n");
    }
    writer.flush();
  }

  /**
   * Reads the predictions of a run.
   *
   * @return nothing for a run of before they were kept
   * @throws JobException with category DATA when the file is damaged
   */
  public static Optional<TestPredictions> read(Path run, Configuration hadoop) throws IOException {
    Path file = new Path(run, FILE);
    return WholeFile.read(file, hadoop).map(text -> parse(file, text.lines().toList()));
  }

  private static TestPredictions parse(Path file, List<String> lines) {
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw damaged(file, 1, lines.isEmpty() ? "nothing" : lines.get(0), HEADER, null);
    }
    int images = lines.size() - 1;
    TestPredictions read =
        new TestPredictions(new long[images], new int[images], new int[images], new float[images]);
    for (int i = 0; i < images; i++) {
      String[] row = lines.get(i + 1).split(",", -1);
      try {
        read.ids[i] = Long.parseLong(row[0]);
        read.labels[i] = Integer.parseInt(row[1]);
        read.predicted[i] = Integer.parseInt(row[2]);
        read.probabilities[i] = Float.parseFloat(row[3]);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw damaged(file, i + 2, lines.get(i + 1), "three whole numbers and a probability", e);
      }
    }
    return read;
  }

  private static JobException damaged(
      Path file, int line, String found, String expected, Exception cause) {
    return JobException.data(
        "Cannot read %s, line %d: found %s, expected %s. Train the run again."
            .formatted(file, line, found, expected),
        cause);
  }
}
