package io.centroid.config;

/**
 * Settings of the training.
 *
 * @param epochs passes over the training split, 1 to 100,000
 * @param workers logical workers W whose parameters are averaged, 1 to 10,000; part of the result
 * @param minibatchSize examples per step of one worker, 1 to 65,536
 * @param seed decides the initial parameters and the order of the examples
 * @param earlyStoppingPatience epochs without a better validation accuracy after which training
 *     stops; 0 never stops early
 * @param localStep which implementation of the local step trains
 * @param labelSmoothing ε, 0 to 0.9: the true class counts 1 − ε + ε/10 and every other ε/10
 *     (Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016)
 * @param update how the parameters are moved
 * @param schedule how the learning rate changes over the training
 * @param augmentation how training images are augmented
 */
public record TrainingSettings(
    int epochs,
    int workers,
    int minibatchSize,
    long seed,
    int earlyStoppingPatience,
    LocalStepKind localStep,
    double labelSmoothing,
    UpdateSettings update,
    ScheduleSettings schedule,
    AugmentationSettings augmentation) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public TrainingSettings {
    new Problems()
        .require(epochs >= 1 && epochs <= 100_000, "training.epochs", epochs, "1 to 100000")
        .require(workers >= 1 && workers <= 10_000, "training.workers", workers, "1 to 10000")
        .require(
            minibatchSize >= 1 && minibatchSize <= 65_536,
            "training.minibatch-size",
            minibatchSize,
            "1 to 65536")
        .require(
            earlyStoppingPatience >= 0,
            "training.early-stopping-patience",
            earlyStoppingPatience,
            "0 or more")
        .require(
            labelSmoothing >= 0 && labelSmoothing <= 0.9,
            "training.label-smoothing",
            labelSmoothing,
            "0 to 0.9")
        .require(
            schedule == null || schedule.warmUpEpochs() < epochs,
            "training.schedule.warm-up-epochs",
            schedule == null ? 0 : schedule.warmUpEpochs(),
            "less than training.epochs, " + epochs)
        .throwIfAny();
  }
}
