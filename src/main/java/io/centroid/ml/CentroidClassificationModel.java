package io.centroid.ml;

import io.centroid.compute.Predictor;
import io.centroid.config.ActivationKind;
import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.data.Choice;
import io.centroid.model.NetworkSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.GeneralMLWritable;
import org.apache.spark.ml.util.GeneralMLWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * A dense classifier that {@link CentroidClassifier} trained. Rows are classified in minibatches by
 * the kernels that trained it. Raw predictions are logarithms of the probabilities, of which these
 * are the softmax.
 */
public final class CentroidClassificationModel
    extends ProbabilisticClassificationModel<Vector, CentroidClassificationModel>
    implements ClassifierParams, GeneralMLWritable {
  private static final long serialVersionUID = 1;

  private String uid; // is set while Spark's constructor runs, and must not be set again

  private final ParamSet params = new ParamSet(this);
  private final transient TrainedNetwork network;
  private transient TrainingSummary summary;
  private transient Predictor predictor;

  /**
   * A model of a uid that was {@link Uid#give given} before.
   *
   * @param summary null where it is not known
   */
  CentroidClassificationModel(String uid, TrainedNetwork network, TrainingSummary summary) {
    super();
    if (!uid.equals(uid())) {
      throw new IllegalStateException("uid " + uid() + " instead of " + uid);
    }
    params.setDefaults(this);
    this.network = network;
    this.summary = summary;
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

  /** Sets {@link #handleInvalid}. */
  public CentroidClassificationModel setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return this;
  }

  /** What it predicts with. */
  TrainedNetwork network() {
    return network;
  }

  @Override
  public int numClasses() {
    return network.dataSet().classes();
  }

  @Override
  public int numFeatures() {
    return network.dataSet().features();
  }

  /** Units of every layer: features, hidden layers, classes. */
  public int[] networkLayers() {
    return network.layers();
  }

  /** The flat parameters of the network in Deeplearning4j's order. */
  public float[] parameters() {
    return network.parameters().clone();
  }

  /** The table that Keras' {@code model.summary()} prints. */
  public String describe() {
    int[] layers = network.layers();
    NetworkSettings settings =
        new NetworkSettings(
            NetworkKind.FLATTEN_DENSE,
            Arrays.stream(layers, 1, layers.length - 1).boxed().toList(),
            List.of(Choice.parse(ActivationKind.class, getActivation()).orElseThrow()),
            NetworkSettings.DEFAULT_ALPHA,
            getDropout(),
            "",
            List.of());
    return NetworkSummary.of(settings, network.configuration(), network.dataSet()).render();
  }

  /** Whether it is known how the training went, which it is not after loading. */
  public boolean hasSummary() {
    return summary != null;
  }

  /**
   * How the training went.
   *
   * @throws IllegalStateException when that is not known
   */
  public TrainingSummary summary() {
    return Optional.ofNullable(summary)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot tell how the training went: found a model that was loaded, expected one that was trained."));
  }

  @Override
  public CentroidClassificationModel copy(ParamMap extra) {
    CentroidClassificationModel copy =
        new CentroidClassificationModel(Uid.give(uid()), network, summary);
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  /** What other models of Spark's that have a summary are asked for; nobody asks this one. */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    return new Tuple3(this, getProbabilityCol(), getPredictionCol());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    super.transformSchema(schema); // checks names and types
    StructType with = schema;
    for (String column : List.of(getRawPredictionCol(), getProbabilityCol())) {
      if (!column.isEmpty()) {
        with = with.add(column, SQLDataTypes.VectorType(), true);
      }
    }
    return getPredictionCol().isEmpty()
        ? with
        : with.add(getPredictionCol(), DataTypes.DoubleType, true);
  }

  /** Adds the columns whose names are not empty. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    List<Prediction.Output> outputs = new ArrayList<>();
    if (!getRawPredictionCol().isEmpty()) {
      outputs.add(Prediction.Output.RAW);
    }
    if (!getProbabilityCol().isEmpty()) {
      outputs.add(Prediction.Output.PROBABILITY);
    }
    if (!getPredictionCol().isEmpty()) {
      outputs.add(Prediction.Output.PREDICTION);
    }
    double[] thresholds = isDefined(thresholds()) ? getThresholds() : new double[0];
    Prediction prediction =
        new Prediction(
            network.classifier(),
            getFeaturesCol(),
            dataset.schema().fieldIndex(getFeaturesCol()),
            network.dataSet().features(),
            outputs,
            thresholds,
            getHandleInvalid());
    return dataset.toDF().mapPartitions(prediction, Encoders.row(schema));
  }

  /** The logarithms of one row's probabilities. */
  @Override
  public Vector predictRaw(Vector features) {
    float[] values = new float[network.dataSet().features()];
    try {
      RowFeatures.put(getFeaturesCol(), features, values, 0, values.length);
    } catch (InvalidRowException e) {
      throw new IllegalArgumentException("Cannot predict: %s.".formatted(e.getMessage()), e);
    }
    return Vectors.dense(Prediction.logarithms(probabilities(values), 0, numClasses()));
  }

  private synchronized float[] probabilities(float[] values) {
    if (predictor == null) {
      predictor = Predictor.of(network.configuration().toJson(), network.parameters());
    }
    return predictor.probabilities(values, 1);
  }

  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    double[] values = ((DenseVector) raw).values();
    double largest = Arrays.stream(values).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.exp(values[i] - largest);
      sum += values[i];
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= sum;
    }
    return raw;
  }

  @Override
  public String toString() {
    return "CentroidClassificationModel: uid=%s, layers=%s"
        .formatted(uid(), Arrays.toString(network.layers()));
  }

  @Override
  public GeneralMLWriter write() {
    return new GeneralMLWriter(this);
  }

  /** Reads models that were saved. */
  public static MLReader<CentroidClassificationModel> read() {
    return new ModelReader();
  }

  /** Reads a model that was saved. */
  public static CentroidClassificationModel load(String path) {
    return read().load(path);
  }
}
