package io.centroid.run;

/**
 * How a training ended: {@code outcome.json}.
 *
 * @param status "done"
 * @param exitCode exit code of the process
 * @param runId id of the run
 * @param dataset the data set's title
 * @param parametersSha256 SHA-256 of the published model's flat parameters as big-endian float32
 * @param testAccuracy accuracy on the test split
 * @param bestEpoch the epoch the published model is from, from 1
 * @param trainSeconds training time, validation and evaluation not included
 * @param imagesPerSecond training examples used, over all epochs, per second of training time
 * @param epochs epochs trained
 * @param rounds averaging rounds
 * @param steps minibatches, over all workers
 * @param examplesPerEpoch training examples used in each epoch, every one once
 * @param workers logical workers
 */
public record Outcome(
    String status,
    int exitCode,
    String runId,
    String dataset,
    String parametersSha256,
    double testAccuracy,
    int bestEpoch,
    double trainSeconds,
    double imagesPerSecond,
    int epochs,
    long rounds,
    long steps,
    long examplesPerEpoch,
    int workers) {}
