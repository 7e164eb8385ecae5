package io.centroid.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The parameters that estimator and model have beside those of every classifier of Spark's. Where
 * Spark has a parameter of the same meaning, it has Spark's name. What they mean and may be is in
 * {@link Params#explainParams}.
 */
public interface ClassifierParams extends Params {
  /** All of them, with their documentation. */
  ParamSet paramSet();

  /** Units of every layer: features, hidden layers, classes. */
  default IntArrayParam layers() {
    return paramSet().layers;
  }

  /** Most epochs. */
  default IntParam maxIter() {
    return paramSet().maxIter;
  }

  /** The learning rate. */
  default DoubleParam stepSize() {
    return paramSet().stepSize;
  }

  /** Examples in a step of one worker. */
  default IntParam blockSize() {
    return paramSet().blockSize;
  }

  /** Decides the first parameters and the order of the examples. */
  default LongParam seed() {
    return paramSet().seed;
  }

  /** Least decrease of the training loss in an epoch. */
  default DoubleParam tol() {
    return paramSet().tol;
  }

  /** Column of weights. */
  default Param<String> weightCol() {
    return paramSet().weightCol;
  }

  /** Column that says which rows validate. */
  default Param<String> validationIndicatorCol() {
    return paramSet().validationIndicatorCol;
  }

  /** Column of ids. */
  default Param<String> idCol() {
    return paramSet().idCol;
  }

  /** Epochs without a better validation accuracy. */
  default IntParam patience() {
    return paramSet().patience;
  }

  /** Activation of the hidden layers. */
  default Param<String> activation() {
    return paramSet().activation;
  }

  /** How gradients move parameters. */
  default Param<String> updateRule() {
    return paramSet().updateRule;
  }

  /** Share of hidden values dropped. */
  default DoubleParam dropout() {
    return paramSet().dropout;
  }

  /** Decoupled weight decay. */
  default DoubleParam weightDecay() {
    return paramSet().weightDecay;
  }

  /** ε of label smoothing. */
  default DoubleParam labelSmoothing() {
    return paramSet().labelSmoothing;
  }

  /** Course of the learning rate. */
  default Param<String> schedule() {
    return paramSet().schedule;
  }

  /** Logical workers. */
  default IntParam workers() {
    return paramSet().workers;
  }

  /** Steps of a worker between two averagings. */
  default IntParam averagingFrequency() {
    return paramSet().averagingFrequency;
  }

  /** Momentum of the averages. */
  default DoubleParam outerMomentum() {
    return paramSet().outerMomentum;
  }

  /** What becomes of rows that cannot be read. */
  default Param<String> handleInvalid() {
    return paramSet().handleInvalid;
  }

  /** Units of every layer; empty where they follow from the data. */
  default int[] getLayers() {
    return isDefined(layers()) ? getOrDefault(layers()) : new int[0];
  }

  /** Most epochs. */
  default int getMaxIter() {
    return (int) getOrDefault(maxIter());
  }

  /** The learning rate. */
  default double getStepSize() {
    return (double) getOrDefault(stepSize());
  }

  /** Examples in a step of one worker. */
  default int getBlockSize() {
    return (int) getOrDefault(blockSize());
  }

  /** Decides the first parameters and the order of the examples. */
  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Least decrease of the training loss in an epoch. */
  default double getTol() {
    return (double) getOrDefault(tol());
  }

  /** Column of weights; empty for none. */
  default String getWeightCol() {
    return getOrDefault(weightCol());
  }

  /** Column that says which rows validate; empty for none. */
  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  /** Column of ids; empty for none. */
  default String getIdCol() {
    return getOrDefault(idCol());
  }

  /** Epochs without a better validation accuracy. */
  default int getPatience() {
    return (int) getOrDefault(patience());
  }

  /** Activation of the hidden layers. */
  default String getActivation() {
    return getOrDefault(activation());
  }

  /** How gradients move parameters. */
  default String getUpdateRule() {
    return getOrDefault(updateRule());
  }

  /** Share of hidden values dropped. */
  default double getDropout() {
    return (double) getOrDefault(dropout());
  }

  /** Decoupled weight decay. */
  default double getWeightDecay() {
    return (double) getOrDefault(weightDecay());
  }

  /** ε of label smoothing. */
  default double getLabelSmoothing() {
    return (double) getOrDefault(labelSmoothing());
  }

  /** Course of the learning rate. */
  default String getSchedule() {
    return getOrDefault(schedule());
  }

  /** Logical workers. */
  default int getWorkers() {
    return (int) getOrDefault(workers());
  }

  /** Steps of a worker between two averagings. */
  default int getAveragingFrequency() {
    return (int) getOrDefault(averagingFrequency());
  }

  /** Momentum of the averages. */
  default double getOuterMomentum() {
    return (double) getOrDefault(outerMomentum());
  }

  /** What becomes of rows that cannot be read. */
  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }
}
