package io.centroid.report;

import io.centroid.json.Csv;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.util.ArrayList;
import java.util.List;

/** A training's history as tables, for tools of one's own: {@code history.json} has the same. */
public final class HistoryTables {
  /** Name of the table with a line for each epoch. */
  public static final String EPOCHS = "history.csv";

  /** Name of the table of rounds. */
  public static final String ROUNDS = "rounds.csv";

  private HistoryTables() {}

  /**
   * A round or, in long epochs, some that follow each other: the parts are those of {@link
   * RoundTiming}, in seconds.
   *
   * @param epoch their epoch, from 1
   * @param round number of the first in the epoch, from 1
   * @param rounds how many they are
   * @param examples training examples used, by all workers
   * @param seconds the whole
   * @param imagesPerSecond examples / seconds
   */
  record RoundRow(
      int epoch,
      int round,
      int rounds,
      long examples,
      double seconds,
      double compute,
      double slot,
      double down,
      double up,
      double average,
      double driver,
      double imagesPerSecond) {}

  /** {@code history.csv}: the components of {@link EpochRecord} but its rounds. */
  public static String epochs(List<EpochRecord> history) {
    return Csv.write(EpochRecord.class, history);
  }

  /** {@code rounds.csv}. */
  public static String rounds(List<EpochRecord> history) {
    List<RoundRow> rows = new ArrayList<>();
    for (EpochRecord epoch : history) {
      int round = 1;
      for (RoundTiming timing : epoch.rounds()) {
        rows.add(row(epoch.epoch(), round, timing));
        round += timing.rounds();
      }
    }
    return Csv.write(RoundRow.class, rows);
  }

  private static RoundRow row(int epoch, int round, RoundTiming timing) {
    return new RoundRow(
        epoch,
        round,
        timing.rounds(),
        timing.examples(),
        timing.total(),
        timing.compute(),
        timing.slot(),
        timing.down(),
        timing.up(),
        timing.average(),
        timing.driver(),
        timing.examples() / timing.total());
  }
}
