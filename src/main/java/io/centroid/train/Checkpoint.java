package io.centroid.train;

import io.centroid.report.EpochRecord;
import java.util.List;

/**
 * Everything that decides how a training goes on and what it will publish. Immutable, so that it
 * can be written while training goes on.
 *
 * @param position how far the training is
 * @param best the best epoch so far
 * @param history one record for each epoch that is done
 */
record Checkpoint(TrainingPosition position, BestModel best, List<EpochRecord> history) {}
