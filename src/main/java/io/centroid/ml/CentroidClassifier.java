package io.centroid.ml;

import io.centroid.config.ActivationKind;
import io.centroid.config.AugmentationSettings;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.LocalStepKind;
import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.OuterSettings;
import io.centroid.config.ScheduleKind;
import io.centroid.config.ScheduleSettings;
import io.centroid.config.Settings;
import io.centroid.config.TrainingSettings;
import io.centroid.config.UpdateRuleKind;
import io.centroid.config.UpdateSettings;
import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.model.DenseNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * A dense classifier, trained by parameter averaging over the rows of a DataFrame: an estimator for
 * pipelines. The same rows and parameters give the same model to the bit, in whatever order and
 * partitions the rows come, and whatever runs them.
 *
 * <p>Features are taken as they are; {@code StandardScaler} brings them to one scale.
 */
public final class CentroidClassifier
    extends ProbabilisticClassifier<Vector, CentroidClassifier, CentroidClassificationModel>
    implements ClassifierParams, DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private String uid; // is set while Spark's constructor runs, and must not be set again

  private final ParamSet params = new ParamSet(this);

  /** One with the default parameters. */
  public CentroidClassifier() {
    this(Uid.random());
  }

  /** One with a uid of its own. */
  public CentroidClassifier(String uid) {
    this(new Given(Uid.give(uid)));
  }

  /** The uid is given before Spark's constructor asks for it. */
  private record Given(String uid) {}

  private CentroidClassifier(Given given) {
    super();
    if (!given.uid().equals(uid())) {
      throw new IllegalStateException("uid " + uid() + " instead of " + given.uid());
    }
    params.setDefaults(this);
  }

  @Override
  public String uid() {
    if (uid == null) {
      uid = Uid.take();
    }
    return uid;
  }

  @Override
  public ParamSet paramSet() {
    return params;
  }

  /** Sets {@link #layers}. */
  public CentroidClassifier setLayers(int[] value) {
    set(layers(), value);
    return this;
  }

  /** Sets {@link #maxIter}. */
  public CentroidClassifier setMaxIter(int value) {
    set(maxIter(), value);
    return this;
  }

  /** Sets {@link #stepSize}. */
  public CentroidClassifier setStepSize(double value) {
    set(stepSize(), value);
    return this;
  }

  /** Sets {@link #blockSize}. */
  public CentroidClassifier setBlockSize(int value) {
    set(blockSize(), value);
    return this;
  }

  /** Sets {@link #seed}. */
  public CentroidClassifier setSeed(long value) {
    set(seed(), value);
    return this;
  }

  /** Sets {@link #tol}. */
  public CentroidClassifier setTol(double value) {
    set(tol(), value);
    return this;
  }

  /** Sets {@link #weightCol}. */
  public CentroidClassifier setWeightCol(String value) {
    set(weightCol(), value);
    return this;
  }

  /** Sets {@link #validationIndicatorCol}. */
  public CentroidClassifier setValidationIndicatorCol(String value) {
    set(validationIndicatorCol(), value);
    return this;
  }

  /** Sets {@link #idCol}. */
  public CentroidClassifier setIdCol(String value) {
    set(idCol(), value);
    return this;
  }

  /** Sets {@link #patience}. */
  public CentroidClassifier setPatience(int value) {
    set(patience(), value);
    return this;
  }

  /** Sets {@link #activation}. */
  public CentroidClassifier setActivation(String value) {
    set(activation(), value);
    return this;
  }

  /** Sets {@link #updateRule}. */
  public CentroidClassifier setUpdateRule(String value) {
    set(updateRule(), value);
    return this;
  }

  /** Sets {@link #dropout}. */
  public CentroidClassifier setDropout(double value) {
    set(dropout(), value);
    return this;
  }

  /** Sets {@link #weightDecay}. */
  public CentroidClassifier setWeightDecay(double value) {
    set(weightDecay(), value);
    return this;
  }

  /** Sets {@link #labelSmoothing}. */
  public CentroidClassifier setLabelSmoothing(double value) {
    set(labelSmoothing(), value);
    return this;
  }

  /** Sets {@link #schedule}. */
  public CentroidClassifier setSchedule(String value) {
    set(schedule(), value);
    return this;
  }

  /** Sets {@link #workers}. */
  public CentroidClassifier setWorkers(int value) {
    set(workers(), value);
    return this;
  }

  /** Sets {@link #averagingFrequency}. */
  public CentroidClassifier setAveragingFrequency(int value) {
    set(averagingFrequency(), value);
    return this;
  }

  /** Sets {@link #outerMomentum}. */
  public CentroidClassifier setOuterMomentum(double value) {
    set(outerMomentum(), value);
    return this;
  }

  /** Sets {@link #handleInvalid}. */
  public CentroidClassifier setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return this;
  }

  @Override
  public CentroidClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    require(schema, weightCol(), getWeightCol(), "numbers");
    require(schema, validationIndicatorCol(), getValidationIndicatorCol(), "truth values");
    require(schema, idCol(), getIdCol(), "whole numbers");
    return super.transformSchema(schema);
  }

  private static void require(
      StructType schema,
      org.apache.spark.ml.param.Param<String> param,
      String column,
      String what) {
    if (column.isEmpty()) {
      return;
    }
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "Cannot find column %s, which %s names: found %s."
              .formatted(column, param.name(), String.join(", ", schema.fieldNames())));
    }
    DataType type = schema.apply(column).dataType();
    boolean isWhole =
        type instanceof LongType
            || type instanceof IntegerType
            || type instanceof ShortType
            || type instanceof ByteType;
    boolean fits =
        switch (what) {
          case "numbers" -> type instanceof NumericType;
          case "truth values" -> type instanceof BooleanType;
          default -> isWhole;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "Cannot use column %s as %s: found type %s, expected %s."
              .formatted(column, param.name(), type.simpleString(), what));
    }
  }

  @Override
  public CentroidClassificationModel train(Dataset<?> dataset) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext());
    try {
      DealtRows rows = DealtRows.of(TrainingRows.of(this), dataset);
      rows.requireUsable();
      DataSet dataSet = dataSet(dataset.schema(), rows);
      MultiLayerConfiguration network = DenseNetwork.configuration(network(), training(), dataSet);
      Fitting.Fitted fitted =
          new Fitting(context, dataSet, network, training(), averaging(), getTol()).run(rows);
      return new CentroidClassificationModel(
          Uid.give(uid()),
          new TrainedNetwork(network, fitted.parameters(), dataSet),
          fitted.summary());
    } catch (Exception e) { // some of Spark's are checked, and not declared to Java
      return ExceptionUtils.rethrow(explained(e));
    }
  }

  /** What a task or the engine says in one line, without Spark's around it. */
  private static Exception explained(Exception e) {
    Throwable known = ExceptionUtils.throwableOfType(e, JobException.class);
    if (known instanceof JobException job && job.category() == FailureCategory.INTERRUPTED) {
      return e;
    }
    Throwable said =
        known == null ? ExceptionUtils.throwableOfType(e, IllegalArgumentException.class) : known;
    return said == null || said == e ? e : new IllegalArgumentException(said.getMessage(), e);
  }

  /** What the rows are, as far as their columns tell; classes and features have names then. */
  private DataSet dataSet(StructType schema, DealtRows rows) {
    int[] layers = getLayers();
    int features = rows.features();
    List<String> classes = classes(schema);
    int found = rows.classes();
    int count = Math.max(found, classes.size());
    if (layers.length > 0 && layers[0] != features) {
      throw new IllegalArgumentException(
          "Cannot train: found vectors of size %d, expected %d, the first of layers."
              .formatted(features, layers[0]));
    }
    if (layers.length > 0) {
      int last = layers[layers.length - 1];
      if (found > last) {
        throw new IllegalArgumentException(
            "Cannot train: found label %d, expected 0 to %d, as the last of layers has it."
                .formatted(found - 1, last - 1));
      }
      count = last;
    }
    List<String> names =
        classes.size() == count
            ? classes
            : IntStream.range(0, count).mapToObj(String::valueOf).toList();
    return new DataSet(
        "rows", new FeatureShape(List.of(features)), names, featureNames(schema, features));
  }

  private List<String> classes(StructType schema) {
    Attribute attribute = Attribute.fromStructField(schema.apply(getLabelCol()));
    return attribute instanceof NominalAttribute nominal && nominal.values().isDefined()
        ? usable(List.of(nominal.values().get()))
        : List.of();
  }

  private List<String> featureNames(StructType schema, int features) {
    List<String> names = new ArrayList<>();
    AttributeGroup group = AttributeGroup.fromStructField(schema.apply(getFeaturesCol()));
    if (group.attributes().isDefined()) {
      for (Attribute attribute : group.attributes().get()) {
        names.add(attribute.name().isDefined() ? attribute.name().get() : "");
      }
    }
    return usable(names).size() == features
        ? names
        : IntStream.range(0, features)
            .mapToObj(i -> "%s[%d]".formatted(getFeaturesCol(), i))
            .toList();
  }

  /** Names that a data set may have; none where they are not. */
  private static List<String> usable(List<String> names) {
    boolean usable =
        new HashSet<>(names).size() == names.size()
            && names.stream()
                .allMatch(
                    name ->
                        !name.isBlank()
                            && name.length() <= 200
                            && name.chars().noneMatch(Character::isISOControl));
    return usable ? names : List.of();
  }

  private NetworkSettings network() {
    int[] layers = getLayers();
    List<Integer> hidden =
        layers.length == 0
            ? Settings.defaults().network().hiddenWidths()
            : Arrays.stream(layers, 1, layers.length - 1).boxed().toList();
    return new NetworkSettings(
        NetworkKind.FLATTEN_DENSE,
        hidden,
        List.of(Choice.parse(ActivationKind.class, getActivation()).orElseThrow()),
        NetworkSettings.DEFAULT_ALPHA,
        getDropout(),
        "",
        List.of());
  }

  private TrainingSettings training() {
    TrainingSettings defaults = Settings.defaults().training();
    ScheduleKind kind = Choice.parse(ScheduleKind.class, getSchedule()).orElseThrow();
    return new TrainingSettings(
        getMaxIter(),
        getWorkers(),
        getBlockSize(),
        getSeed(),
        getPatience(),
        LocalStepKind.AUTO,
        getLabelSmoothing(),
        new UpdateSettings(
            Choice.parse(UpdateRuleKind.class, getUpdateRule()).orElseThrow(),
            getStepSize(),
            defaults.update().momentum(),
            0,
            getWeightDecay(),
            0),
        new ScheduleSettings(
            kind, 0, defaults.schedule().stepEpochs(), defaults.schedule().stepFactor()),
        AugmentationSettings.NONE);
  }

  private AveragingSettings averaging() {
    AveragingSettings defaults = Settings.defaults().averaging();
    return new AveragingSettings(
        getAveragingFrequency(),
        EngineKind.CENTROID,
        0,
        OuterSettings.momentum(getOuterMomentum()),
        0,
        defaults.fanIn());
  }

  /** Reads estimators that were saved. */
  public static MLReader<CentroidClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads an estimator that was saved. */
  public static CentroidClassifier load(String path) {
    return read().load(path);
  }
}
