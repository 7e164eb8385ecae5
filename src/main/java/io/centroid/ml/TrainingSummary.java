package io.centroid.ml;

import io.centroid.run.EpochRecord;
import java.util.List;
import java.util.Objects;

/**
 * How a training went, epoch by epoch; index 0 is the first one. A model that was saved and loaded
 * has none.
 */
public final class TrainingSummary {
  private final List<EpochRecord> epochs;
  private final int bestEpoch;

  TrainingSummary(List<EpochRecord> epochs, int bestEpoch) {
    this.epochs = List.copyOf(epochs);
    this.bestEpoch = bestEpoch;
  }

  /** How many epochs were trained. */
  public int totalIterations() {
    return epochs.size();
  }

  /** The epoch whose parameters the model has, from 1. */
  public int bestEpoch() {
    return bestEpoch;
  }

  /** Mean training loss of each epoch, as measured during the epoch. */
  public double[] objectiveHistory() {
    return epochs.stream().mapToDouble(EpochRecord::trainingLoss).toArray();
  }

  /** Mean validation loss after each epoch; empty where no rows validate. */
  public double[] validationLossHistory() {
    return epochs.stream()
        .map(EpochRecord::validationLoss)
        .filter(Objects::nonNull)
        .mapToDouble(loss -> loss)
        .toArray();
  }

  /** Validation accuracy after each epoch, 0 to 1; empty where no rows validate. */
  public double[] validationAccuracyHistory() {
    return epochs.stream()
        .map(EpochRecord::validationAccuracy)
        .filter(Objects::nonNull)
        .mapToDouble(accuracy -> accuracy)
        .toArray();
  }

  /** Rows trained on per second in each epoch, validation not included. */
  public double[] rowsPerSecond() {
    return epochs.stream().mapToDouble(EpochRecord::imagesPerSecond).toArray();
  }
}
