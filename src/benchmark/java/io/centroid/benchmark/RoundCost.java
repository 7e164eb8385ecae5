package io.centroid.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * What a round between executors costs beside the workers' steps.
 *
 * <p>Every executor sends each of its workers' states in slices to their owners, and its own part
 * of the mean to all others; the owner of a slice adds up what all workers have of it. So with E
 * executors, W workers and a state of S bytes, (W/E + 1)·S·(E − 1)/E bytes leave an executor, and
 * as many arrive, and it adds up W·S/E. Two messages follow each other.
 *
 * @param fixed seconds, whatever is exchanged
 * @param perByte seconds of processor for a byte that leaves an executor and arrives at another
 * @param perFolded seconds of processor for a byte that is added up
 */
record RoundCost(double fixed, double perByte, double perFolded) {
  private static final int PARTS = 3;

  /** So that what is fitted is of one size. */
  private static final double MEGABYTE = 1e6;

  /**
   * Who exchanges how much.
   *
   * @param executors E, at least 1
   * @param workers W, a multiple of E
   * @param stateBytes S: parameters and what the updater keeps of them
   */
  record Exchange(int executors, int workers, double stateBytes) {
    /** Bytes that leave an executor. */
    double sent() {
      return (workers / executors + 1) * stateBytes * (executors - 1) / executors;
    }

    /** Bytes that an executor adds up. */
    double folded() {
      return workers * stateBytes / executors;
    }
  }

  /**
   * A network between executors.
   *
   * @param latency seconds of a message without content
   * @param bytesPerSecond what an executor sends, and receives, at most
   */
  record Link(String name, double latency, double bytesPerSecond) {
    /** Between processes of one machine. */
    static final Link NONE = new Link("one machine", 0, Double.POSITIVE_INFINITY);
  }

  /** A round as it was measured: seconds outside of the workers' steps. */
  record Measured(Exchange exchange, double seconds) {}

  /** Seconds of a round beside the steps. */
  double seconds(Exchange exchange, Link link) {
    return fixed
        + 2 * link.latency()
        + exchange.sent() * (perByte + 1 / link.bytesPerSecond())
        + exchange.folded() * perFolded;
  }

  /**
   * The cost whose relative errors have the least squares, none of its parts below nothing.
   *
   * @param measured on one machine, where the time on the wire is the processor's
   */
  static RoundCost fit(List<Measured> measured) {
    double[] parts = new double[PARTS];
    List<Integer> used = new ArrayList<>(List.of(0, 1, 2));
    double[] found = regression(measured, used);
    while (Arrays.stream(found).anyMatch(part -> part < 0)) {
      int least = 0;
      for (int i = 1; i < found.length; i++) {
        least = found[i] < found[least] ? i : least;
      }
      used.remove(least);
      found = regression(measured, used);
    }
    for (int i = 0; i < found.length; i++) {
      parts[used.get(i)] = found[i];
    }
    return new RoundCost(parts[0], parts[1], parts[2]);
  }

  private static double[] regression(List<Measured> measured, List<Integer> used) {
    double[][] rows = new double[measured.size()][];
    double[] ones = new double[measured.size()];
    for (int i = 0; i < rows.length; i++) {
      Exchange exchange = measured.get(i).exchange();
      double seconds = measured.get(i).seconds();
      double[] all = {1, exchange.sent() / MEGABYTE, exchange.folded() / MEGABYTE};
      rows[i] = used.stream().mapToDouble(part -> all[part] / seconds).toArray();
      ones[i] = 1;
    }
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.setNoIntercept(true);
    regression.newSampleData(ones, rows);
    double[] found = regression.estimateRegressionParameters();
    for (int i = 0; i < found.length; i++) {
      found[i] /= used.get(i) == 0 ? 1 : MEGABYTE;
    }
    return found;
  }
}
