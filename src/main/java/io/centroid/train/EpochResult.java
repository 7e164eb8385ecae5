package io.centroid.train;

import io.centroid.compute.TrainingState;
import io.centroid.report.RoundTiming;
import java.util.List;

/**
 * What one epoch of averaged training did.
 *
 * @param state the state after the epoch's last round
 * @param examples examples trained on, every one once
 * @param steps minibatches trained on, over all workers
 * @param meanLoss mean training loss over the examples, as measured during the epoch
 * @param rounds one entry for each round
 */
public record EpochResult(
    TrainingState state, long examples, long steps, double meanLoss, List<RoundTiming> rounds) {}
