package io.centroid.ml;

import io.centroid.config.ActivationKind;
import io.centroid.config.ScheduleKind;
import io.centroid.config.Settings;
import io.centroid.config.UpdateRuleKind;
import io.centroid.data.Choice;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import scala.runtime.AbstractFunction1;

/** The parameters of {@link ClassifierParams}, made for one stage. */
final class ParamSet implements Serializable {
  private static final long serialVersionUID = 1;

  /** Those of the jobs. */
  private static final Settings DEFAULTS = Settings.defaults();

  static final String ERROR = "error";
  static final String SKIP = "skip";
  static final String KEEP = "keep";

  final IntArrayParam layers;
  final IntParam maxIter;
  final DoubleParam stepSize;
  final IntParam blockSize;
  final LongParam seed;
  final DoubleParam tol;
  final Param<String> weightCol;
  final Param<String> validationIndicatorCol;
  final Param<String> idCol;
  final IntParam patience;
  final Param<String> activation;
  final Param<String> updateRule;
  final DoubleParam dropout;
  final DoubleParam weightDecay;
  final DoubleParam labelSmoothing;
  final Param<String> schedule;
  final IntParam workers;
  final IntParam averagingFrequency;
  final DoubleParam outerMomentum;
  final Param<String> handleInvalid;

  ParamSet(Params of) {
    layers =
        new IntArrayParam(
            of,
            "layers",
            "units of every layer, as of the perceptron: features, hidden layers, classes;"
                + " default: features, 200, 150, classes, as the data have them",
            check(value -> value instanceof int[] units && isLayers(units)));
    maxIter =
        new IntParam(of, "maxIter", "most epochs, 1 to 100,000", ParamValidators.inRange(1, 1e5));
    stepSize =
        new DoubleParam(
            of,
            "stepSize",
            "learning rate, above 0 and at most 10",
            ParamValidators.inRange(0, 10, false, true));
    blockSize =
        new IntParam(
            of,
            "blockSize",
            "rows in a step of one worker (minibatch), 1 to 65,536",
            ParamValidators.inRange(1, 65_536));
    seed = new LongParam(of, "seed", "decides the first parameters and the order of the rows");
    tol =
        new DoubleParam(
            of,
            "tol",
            "training ends after an epoch whose mean training loss is not lower by more than this"
                + " than that of the epoch before; 0 for never",
            ParamValidators.gtEq(0));
    weightCol =
        new Param<>(
            of, "weightCol", "column of weights, 0 or more; empty: all rows weigh the same");
    validationIndicatorCol =
        new Param<>(
            of,
            "validationIndicatorCol",
            "column of truth values: true for rows that validate and are not trained on; empty: none");
    idCol =
        new Param<>(
            of,
            "idCol",
            "column of whole numbers, none twice, that decide the order of the rows; empty: a hash"
                + " of what is in a row");
    patience =
        new IntParam(
            of,
            "patience",
            "epochs without a better validation accuracy after which training ends; 0 for never",
            ParamValidators.gtEq(0));
    activation = choice(of, "activation", "of the hidden layers", ActivationKind.class);
    updateRule = choice(of, "updateRule", "how gradients move parameters", UpdateRuleKind.class);
    dropout =
        new DoubleParam(
            of,
            "dropout",
            "probability that a value of a hidden layer is dropped in a step, 0 to 0.95",
            ParamValidators.inRange(0, 0.95));
    weightDecay =
        new DoubleParam(
            of,
            "weightDecay",
            "decoupled weight decay, 0 to 1: a step takes this · rate · w off the weights",
            ParamValidators.inRange(0, 1));
    labelSmoothing =
        new DoubleParam(
            of,
            "labelSmoothing",
            "share of the label that is spread over all classes, 0 to 0.9",
            ParamValidators.inRange(0, 0.9));
    schedule = choice(of, "schedule", "course of the learning rate", ScheduleKind.class);
    workers =
        new IntParam(
            of,
            "workers",
            "logical workers whose parameters are averaged, 1 to 10,000; part of the result,"
                + " whatever runs them",
            ParamValidators.inRange(1, 10_000));
    averagingFrequency =
        new IntParam(
            of,
            "averagingFrequency",
            "steps of each worker between two averagings, 1 to 1,000,000",
            ParamValidators.inRange(1, 1e6));
    outerMomentum =
        new DoubleParam(
            of,
            "outerMomentum",
            "momentum of the averages over the rounds, 0 to 0.99",
            ParamValidators.inRange(0, 0.99));
    handleInvalid =
        new Param<>(
            of,
            "handleInvalid",
            "rows with a null, a NaN or an infinite value: error; skip, to leave them out; keep, to"
                + " predict NaN for them (to be trained on they are left out)",
            check(List.of(ERROR, SKIP, KEEP)::contains));
  }

  /** Sets the defaults, which are those of the jobs. */
  <P extends Params & ClassifierParams> void setDefaults(P of) {
    var training = DEFAULTS.training();
    of.setDefault(maxIter, training.epochs());
    of.setDefault(stepSize, training.update().learningRate());
    of.setDefault(blockSize, training.minibatchSize());
    of.setDefault(seed, training.seed());
    of.setDefault(tol, 0.0);
    of.setDefault(weightCol, "");
    of.setDefault(validationIndicatorCol, "");
    of.setDefault(idCol, "");
    of.setDefault(patience, training.earlyStoppingPatience());
    of.setDefault(activation, Choice.name(DEFAULTS.network().activation(0)));
    of.setDefault(updateRule, Choice.name(training.update().rule()));
    of.setDefault(dropout, DEFAULTS.network().dropout());
    of.setDefault(weightDecay, training.update().weightDecay());
    of.setDefault(labelSmoothing, training.labelSmoothing());
    of.setDefault(schedule, Choice.name(training.schedule().kind()));
    of.setDefault(workers, training.workers());
    of.setDefault(averagingFrequency, DEFAULTS.averaging().frequency());
    of.setDefault(outerMomentum, DEFAULTS.averaging().outer().momentum());
    of.setDefault(handleInvalid, ERROR);
  }

  private static boolean isLayers(int[] units) {
    if (units.length < 2 || units.length > 22) {
      return false;
    }
    for (int each : units) {
      if (each < 1) {
        return false;
      }
    }
    return units[units.length - 1] > 1;
  }

  private static Param<String> choice(
      Params of, String name, String meaning, Class<? extends Enum<?>> type) {
    return new Param<>(
        of,
        name,
        meaning + ": " + Choice.names(type),
        check(value -> value instanceof String text && isOne(type, text)));
  }

  private static boolean isOne(Class<? extends Enum<?>> type, String text) {
    for (Enum<?> constant : type.getEnumConstants()) {
      if (Choice.name(constant).equals(text)) {
        return true;
      }
    }
    return false;
  }

  @FunctionalInterface
  private interface Check extends Serializable {
    boolean accepts(Object value);
  }

  private static <T> scala.Function1<T, Object> check(Check check) {
    return new Validator<>(check);
  }

  private static final class Validator<T> extends AbstractFunction1<T, Object>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final Check check;

    Validator(Check check) {
      this.check = check;
    }

    @Override
    public Object apply(T value) {
      return check.accepts(value);
    }
  }
}
