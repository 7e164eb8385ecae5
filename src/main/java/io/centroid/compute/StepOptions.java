package io.centroid.compute;

import java.io.Serializable;

/**
 * What a local step does that is no part of the network's configuration.
 *
 * @param schedule the learning rate over the training
 * @param clipNorm the gradient over all parameters, penalties left out, is scaled down to this
 *     Euclidean norm where it is longer (Pascanu et al., ICML 2013); 0 for never
 */
public record StepOptions(LearningRateSchedule schedule, double clipNorm) implements Serializable {
  /** A constant rate, and gradients as they are. */
  public static final StepOptions PLAIN = new StepOptions(LearningRateSchedule.CONSTANT, 0);
}
