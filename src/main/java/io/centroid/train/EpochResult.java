package io.centroid.train;

import io.centroid.compute.TrainingState;
import io.centroid.report.RoundTiming;
import java.util.List;

/**
 * What one epoch of averaged training did.
 *
 * @param state the state after the epoch's last round, to go on from
 * @param candidate the state to validate and perhaps publish; {@code state}, or one with averaged
 *     parameters
 * @param examples examples trained on, every one once
 * @param steps minibatches trained on, over all workers
 * @param meanLoss mean training loss over the examples, as measured during the epoch
 * @param rounds one entry for each round
 */
public record EpochResult(
    TrainingState state,
    TrainingState candidate,
    long examples,
    long steps,
    double meanLoss,
    List<RoundTiming> rounds) {}
