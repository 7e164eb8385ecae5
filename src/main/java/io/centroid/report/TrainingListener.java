package io.centroid.report;

import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.List;

/** Is told on the driver how a training goes. */
public interface TrainingListener {

  /**
   * An epoch starts, or goes on.
   *
   * @param epoch its number, from 1
   * @param rounds of it that were done before
   * @param examples of it that were trained on before
   */
  default void epochStarts(int epoch, int rounds, long examples) {}

  /**
   * A round is done.
   *
   * @param epoch the one it belongs to, from 1
   * @param round its number in the epoch, from 1
   * @param meanLoss mean training loss over the round's examples
   * @param timing its examples, and where its time went
   */
  default void roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {}

  /**
   * An epoch is done and measured.
   *
   * @param history one record for each epoch so far
   */
  default void epochDone(List<EpochRecord> history) {}
}
