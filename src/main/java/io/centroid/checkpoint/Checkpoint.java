package io.centroid.checkpoint;

import io.centroid.average.TrainingPosition;
import io.centroid.run.EpochRecord;
import java.util.List;

/**
 * Everything that decides how a training goes on and what it will publish. Immutable, so that it
 * can be written while training goes on.
 *
 * @param position how far the training is
 * @param best the best epoch so far
 * @param history one record for each epoch that is done
 */
public record Checkpoint(TrainingPosition position, BestModel best, List<EpochRecord> history) {}
