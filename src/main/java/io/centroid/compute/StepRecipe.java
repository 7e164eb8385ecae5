package io.centroid.compute;

import io.centroid.config.AugmentationSettings;
import io.centroid.config.TrainingSettings;
import io.centroid.example.ExampleShape;
import java.io.Serializable;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * How workers train between two averagings.
 *
 * @param step the implementation of the local step
 * @param options what a step does beside what the network's configuration says
 * @param augmentation how training images are augmented
 */
public record StepRecipe(LocalStep step, StepOptions options, AugmentationSettings augmentation)
    implements Serializable {

  /** Steps that do what the network's configuration says and no more. */
  public static StepRecipe plain(LocalStep step) {
    return new StepRecipe(step, StepOptions.PLAIN, AugmentationSettings.NONE);
  }

  /**
   * The recipe that settings ask for.
   *
   * @param stepsPerEpoch steps of the worker with the most of them
   * @throws io.centroid.error.JobException with category SETTINGS when no local step can do it
   */
  public static StepRecipe of(
      TrainingSettings settings, MultiLayerConfiguration network, int stepsPerEpoch) {
    StepOptions options =
        new StepOptions(
            LearningRateSchedule.of(settings.schedule(), stepsPerEpoch, settings.epochs()),
            settings.update().clipNorm());
    return new StepRecipe(
        LocalStep.of(settings.localStep(), network, options), options, settings.augmentation());
  }

  /** A trainer for the network. */
  public LocalTrainer trainer(String configurationJson, ExampleShape shape) {
    return step.trainer(configurationJson, shape, options);
  }
}
