package io.centroid.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.centroid.StandaloneCluster;
import io.centroid.job.ScalaCollections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.io.FileUtils;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a session that knows nothing of this program. */
final class CentroidClassifierIT {
  private static final StructType SCHEMA =
      new StructType()
          .add("row", DataTypes.LongType)
          .add("label", DataTypes.DoubleType)
          .add("features", SQLDataTypes.VectorType())
          .add("weight", DataTypes.DoubleType)
          .add("validates", DataTypes.BooleanType);

  private static final String JAVA = "org.apache.spark.serializer.JavaSerializer";
  private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";

  private static SparkSession session;

  @TempDir private Path directory;

  @BeforeAll
  static void startSpark() {
    session = plain("local[2]", JAVA);
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  private static SparkSession plain(String master, String serializer) {
    return SparkSession.builder()
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.memory", "1g")
        .config("spark.serializer", serializer)
        .master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.sql.shuffle.partitions", "3")
        .getOrCreate();
  }

  /** Three classes around three points in five dimensions; some vectors are sparse. */
  private static List<Row> rows(int count) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = i % 3;
      double[] values = new double[5];
      for (int f = 0; f < 5; f++) {
        values[f] = random.nextGaussian() + (f == label ? 3 : 0);
      }
      values[4] = 0;
      Vector features = Vectors.dense(values);
      rows.add(
          RowFactory.create(
              (long) i,
              (double) label,
              i % 2 == 0 ? features.toSparse() : features,
              1.0,
              i % 5 == 0));
    }
    return rows;
  }

  private static Dataset<Row> table(List<Row> rows) {
    return session.createDataFrame(rows, SCHEMA);
  }

  private static Dataset<Row> table(int count) {
    return table(rows(count));
  }

  private static CentroidClassifier classifier() {
    return new CentroidClassifier()
        .setLayers(new int[] {5, 8, 3})
        .setStepSize(0.01)
        .setBlockSize(8)
        .setAveragingFrequency(3);
  }

  private static double accuracy(Dataset<Row> predictions) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
  }

  @Test
  void learnsAndPredicts() {
    Dataset<Row> rows = table(600);
    CentroidClassificationModel model = classifier().fit(rows);
    Dataset<Row> predictions = model.transform(rows);
    assertThat(Arrays.asList(predictions.columns()))
        .endsWith("rawPrediction", "probability", "prediction");
    assertThat(accuracy(predictions)).isGreaterThan(0.93);
    assertThat(model.numClasses()).isEqualTo(3);
    assertThat(model.numFeatures()).isEqualTo(5);
    assertThat(model)
        .hasToString(
            "CentroidClassificationModel: uid=%s, layers=[5, 8, 3]".formatted(model.uid()));
    assertThat(model.describe()).contains("dense_1 (Dense)").contains("(None, 8)");
    TrainingSummary summary = model.summary();
    assertThat(summary.totalIterations()).isEqualTo(10);
    assertThat(summary.objectiveHistory()).hasSize(10);
    assertThat(summary.objectiveHistory()[9]).isLessThan(summary.objectiveHistory()[0]);
    assertThat(summary.validationLossHistory()).isEmpty();
    for (Row row : predictions.takeAsList(20)) {
      Vector features = row.getAs("features");
      double[] probabilities = ((DenseVector) row.getAs("probability")).values();
      assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-6));
      assertThat(model.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
      double[] single = ((DenseVector) model.predictProbability(features)).values();
      assertThat(single).containsExactly(probabilities, within(1e-5));
      double[] raw = ((DenseVector) row.getAs("rawPrediction")).values().clone();
      assertThat(((DenseVector) model.raw2probabilityInPlace(Vectors.dense(raw))).values())
          .containsExactly(probabilities, within(1e-5));
    }
  }

  /** What comes out depends on the rows alone. */
  @Test
  void theSameRowsGiveTheSameModelInWhateverOrderAndPartitions() {
    List<Row> rows = rows(300);
    rows.addAll(rows.subList(0, 20)); // equal ones
    float[] expected = classifier().fit(table(rows)).parameters();
    java.util.Collections.shuffle(rows, new Random(3));
    Dataset<Row> shuffled = table(rows);
    assertThat(classifier().fit(shuffled.repartition(7)).parameters()).isEqualTo(expected);
    assertThat(classifier().fit(shuffled.coalesce(1).cache()).parameters()).isEqualTo(expected);
    assertThat(classifier().setSeed(2).fit(shuffled).parameters()).isNotEqualTo(expected);
    float[] byId = classifier().setIdCol("row").fit(table(300)).parameters();
    assertThat(classifier().setIdCol("row").fit(table(300).orderBy(functions.rand(5))).parameters())
        .isEqualTo(byId);
  }

  @Test
  void aRowOfWeight2IsTwoRows() {
    List<Row> once = new ArrayList<>();
    List<Row> twice = new ArrayList<>();
    for (Row row : rows(60)) {
      double weight = row.getLong(0) % 3 == 0 ? 2 : row.getLong(0) % 7 == 0 ? 0 : 1;
      once.add(RowFactory.create(row.get(0), row.get(1), row.get(2), weight, false));
      for (int i = 0; i < weight; i++) {
        twice.add(row);
      }
    }
    CentroidClassifier whole = // one step over all rows for each epoch: no order matters
        classifier().setWorkers(1).setBlockSize(1000).setUpdateRule("sgd").setStepSize(0.1);
    CentroidClassificationModel weighted =
        whole.copy(ParamMap.empty()).setWeightCol("weight").fit(table(once));
    CentroidClassificationModel repeated = whole.fit(table(twice));
    for (int i = 0; i < weighted.parameters().length; i++) {
      assertThat(weighted.parameters()[i]).isCloseTo(repeated.parameters()[i], within(1e-5f));
    }
    assertThat(whole.fit(table(once)).parameters()).isNotEqualTo(repeated.parameters());
  }

  @Test
  void rowsThatValidateChooseTheEpochAndEndTheTraining() {
    CentroidClassificationModel model =
        classifier()
            .setValidationIndicatorCol("validates")
            .setMaxIter(200)
            .setPatience(3)
            .fit(table(600));
    TrainingSummary summary = model.summary();
    assertThat(summary.totalIterations()).isBetween(4, 199).isEqualTo(summary.bestEpoch() + 3);
    assertThat(summary.validationAccuracyHistory()).hasSize(summary.totalIterations());
    assertThat(summary.validationAccuracyHistory()[summary.bestEpoch() - 1]).isGreaterThan(0.9);
    CentroidClassificationModel tolerant =
        classifier().setMaxIter(200).setTol(0.01).fit(table(600));
    assertThat(tolerant.summary().totalIterations()).isBetween(2, 100);
  }

  @Test
  void inAPipelineWithTextsAsLabels() throws Exception {
    Dataset<Row> rows =
        session.sql(
            "select id, case when id % 2 = 0 then 'even' else 'odd' end kind,"
                + " 100.0 + 5 * (id % 2) + rand(1) as size, rand(2) as noise from range(200)");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new SQLTransformer()
                      .setStatement("SELECT *, 2 * size AS doubled FROM __THIS__ WHERE size > 0"),
                  new StringIndexer().setInputCol("kind").setOutputCol("label"),
                  new VectorAssembler()
                      .setInputCols(new String[] {"doubled", "noise"})
                      .setOutputCol("columns"),
                  new StandardScaler()
                      .setWithMean(true)
                      .setInputCol("columns")
                      .setOutputCol("features"),
                  new CentroidClassifier().setStepSize(0.01)
                });
    PipelineModel model = pipeline.fit(rows);
    Dataset<Row> predictions = model.transform(rows);
    assertThat(accuracy(predictions)).isEqualTo(1);
    String place = directory.resolve("pipeline").toString();
    model.write().save(place);
    PipelineModel loaded = PipelineModel.load(place);
    assertThat(loaded.transform(rows).select("prediction", "probability").collectAsList())
        .isEqualTo(predictions.select("prediction", "probability").collectAsList());
    CentroidClassificationModel stage = (CentroidClassificationModel) loaded.stages()[4];
    assertThat(stage.network().dataSet().classNames()).containsExactly("even", "odd");
    pipeline.write().save(directory.resolve("estimators").toString());
    assertThat(
            Pipeline.load(directory.resolve("estimators").toString()).fit(rows).stages()[4].uid())
        .isEqualTo(stage.uid());
  }

  @Test
  void choosesParametersByCrossValidation() throws Exception {
    CentroidClassifier estimator = classifier().setMaxIter(3);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(estimator.stepSize(), new double[] {1e-5, 0.02})
            .addGrid(
                estimator.layers(),
                ScalaCollections.sequence(List.of(new int[] {5, 3}, new int[] {5, 8, 3})))
            .build();
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(estimator)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2) // several fits at once
            .fit(table(300));
    assertThat(Arrays.stream(model.avgMetrics()).max().orElse(0)).isGreaterThan(0.9);
    assertThat(((CentroidClassificationModel) model.bestModel()).getStepSize()).isEqualTo(0.02);
    String place = directory.resolve("validated").toString();
    model.write().save(place);
    assertThat(CrossValidatorModel.load(place).bestModel().uid())
        .isEqualTo(model.bestModel().uid());
  }

  /** Spark shows arrays as Java does. */
  private static String explained(org.apache.spark.ml.param.Params params) {
    return params.explainParams().replaceAll("@[0-9a-f]+", "");
  }

  @Test
  void isSavedAndLoaded() throws Exception {
    CentroidClassifier estimator =
        classifier().setDropout(0.1).setThresholds(new double[] {0, 1, 1});
    String place = directory.resolve("estimator").toString();
    estimator.write().save(place);
    CentroidClassifier loaded = CentroidClassifier.load(place);
    assertThat(loaded.uid()).isEqualTo(estimator.uid());
    assertThat(explained(loaded)).isEqualTo(explained(estimator));
    assertThat(loaded.getLayers()).containsExactly(5, 8, 3);

    Dataset<Row> rows = table(60);
    CentroidClassificationModel model = estimator.fit(rows);
    assertThat(model.parent()).isSameAs(estimator);
    assertThat(model.getDropout()).isEqualTo(0.1);
    String saved = directory.resolve("model").toString();
    model.write().save(saved);
    assertThatThrownBy(() -> model.write().save(saved)).hasMessageContaining("already exists");
    model.write().overwrite().save(saved);
    CentroidClassificationModel again = CentroidClassificationModel.load(saved);
    assertThat(again.uid()).isEqualTo(model.uid());
    assertThat(explained(again)).isEqualTo(explained(model));
    assertThat(again.parameters()).isEqualTo(model.parameters());
    assertThat(again.describe()).isEqualTo(model.describe());
    assertThat(again.hasSummary()).isFalse();
    assertThatThrownBy(again::summary).hasMessageContaining("a model that was loaded");
    assertThat(again.transform(rows).collectAsList())
        .isEqualTo(model.transform(rows).collectAsList());
    assertThat(again.transform(rows).select("prediction").distinct().collectAsList())
        .containsExactly(RowFactory.create(0.0)); // its threshold is 0
    model.write().format("onnx").save(directory.resolve("onnx").toString());
    assertThat(Files.size(directory.resolve("onnx").resolve("model.onnx"))).isGreaterThan(300);
  }

  /** Saved by the first version that could; every later one has to read it. */
  @Test
  void readsWhatTheFirstVersionSaved() throws Exception {
    Path saved = Path.of(getClass().getResource("model-1").toURI());
    CentroidClassificationModel model = CentroidClassificationModel.load(saved.toString());
    assertThat(model.uid()).isEqualTo("centroid_64613786d163");
    assertThat(model.getActivation()).isEqualTo("tanh");
    assertThat(model.getBlockSize()).isEqualTo(8);
    assertThat(model.networkLayers()).containsExactly(3, 4, 3);
    assertThat(((DenseVector) model.predictProbability(Vectors.dense(1, 1, 0))).values())
        .containsExactly(
            new double[] {0.505360480358001, 0.41968914553754666, 0.07495037410445231},
            within(1e-5));
    Path later = directory.resolve("later");
    FileUtils.copyDirectory(saved.toFile(), later.toFile());
    Files.writeString(later.resolve("data/format.json"), "{\"formatVersion\": 2}");
    assertThatThrownBy(() -> CentroidClassificationModel.load(later.toString()))
        .hasMessageContaining("found format version 2")
        .hasMessageContaining("expected 1");
  }

  @Test
  void parametersAreCopiedCheckedAndExplained() {
    CentroidClassifier estimator = classifier().setMaxIter(7);
    CentroidClassifier copy = estimator.copy(ParamMap.empty().put(estimator.seed().w(9L)));
    assertThat(copy.uid()).isEqualTo(estimator.uid());
    assertThat(copy.getMaxIter()).isEqualTo(7);
    assertThat(copy.getSeed()).isEqualTo(9);
    assertThat(estimator.getSeed()).isEqualTo(1);
    assertThat(new CentroidClassifier().uid()).isNotEqualTo(new CentroidClassifier().uid());
    assertThat(estimator.explainParams())
        .contains("layers: units of every layer")
        .contains(
            "activation: of the hidden layers: one of relu, leaky-relu, sigmoid, tanh, identity (default: relu)")
        .contains("maxIter: most epochs, 1 to 100,000 (default: 10, current: 7)");
    assertThatThrownBy(() -> estimator.setActivation("swish")).hasMessageContaining("activation");
    assertThatThrownBy(() -> estimator.setStepSize(0)).hasMessageContaining("stepSize");
    assertThatThrownBy(() -> estimator.setLayers(new int[] {5, 1})).hasMessageContaining("layers");
    assertThatThrownBy(() -> estimator.setHandleInvalid("guess"))
        .hasMessageContaining("handleInvalid");
  }

  @Test
  void whatCannotBeLearnedIsNamed() {
    List<Row> rows = rows(30);
    assertThatThrownBy(() -> classifier().fit(table(List.of())))
        .hasMessage("Cannot train: found no rows to train on, expected some.");
    assertThatThrownBy(() -> classifier().fit(table(30).where("label = 1")))
        .hasMessage("Cannot train: found rows of one class, 1, expected two classes or more.");
    assertThatThrownBy(
            () -> classifier().fit(table(30).withColumn("label", functions.expr("label - 1"))))
        .hasMessageContaining(
            "Cannot train on a row: found label -1.0 in column label, expected a class");
    assertThatThrownBy(
            () -> classifier().fit(table(30).withColumn("label", functions.expr("label / 2"))))
        .hasMessageContaining("found label 0.5 in column label");
    assertThatThrownBy(
            () -> classifier().fit(table(30).withColumn("label", functions.expr("label + 1"))))
        .hasMessage("Cannot train: found label 3, expected 0 to 2, as the last of layers has it.");
    assertThatThrownBy(() -> classifier().setLayers(new int[] {4, 3}).fit(table(30)))
        .hasMessage("Cannot train: found vectors of size 5, expected 4, the first of layers.");
    assertThatThrownBy(
            () ->
                classifier()
                    .setIdCol("label")
                    .fit(table(30).withColumn("label", functions.expr("cast(label as int)"))))
        .hasMessageContaining("found two rows with id ");
    assertThatThrownBy(() -> classifier().setWeightCol("none").fit(table(30)))
        .hasMessageContaining("Cannot find column none, which weightCol names");
    assertThatThrownBy(() -> classifier().setValidationIndicatorCol("label").fit(table(30)))
        .hasMessageContaining(
            "Cannot use column label as validationIndicatorCol: found type double, expected truth values");
    rows.set(4, RowFactory.create(4L, 1.0, Vectors.dense(1, 2, Double.NaN, 4, 5), 1.0, false));
    rows.set(5, RowFactory.create(5L, 1.0, null, 1.0, false));
    assertThatThrownBy(() -> classifier().fit(table(rows)))
        .hasMessageMatching("Cannot train on a row: found (NaN|null) in column features, .*");
    assertThat(classifier().setHandleInvalid("skip").fit(table(rows)).parameters()).isNotEmpty();
    rows.set(6, RowFactory.create(6L, 1.0, Vectors.dense(1, 2), 1.0, false));
    assertThatThrownBy(() -> classifier().setHandleInvalid("skip").fit(table(rows)))
        .hasMessage("Cannot train: found vectors of size 2 and of size 5, expected one size.");
  }

  @Test
  void rowsThatCannotBePredictedAreHandledAsIsSaid() {
    CentroidClassificationModel model = classifier().setMaxIter(1).fit(table(30));
    List<Row> rows = rows(5);
    rows.set(2, RowFactory.create(2L, 1.0, Vectors.dense(1, 2, Double.NaN, 4, 5), 1.0, false));
    assertThatThrownBy(() -> model.transform(table(rows)).collect())
        .hasMessageContaining("Cannot predict a row: found NaN in column features");
    assertThat(model.setHandleInvalid("skip").transform(table(rows)).count()).isEqualTo(4);
    List<Row> kept = model.setHandleInvalid("keep").transform(table(rows)).collectAsList();
    assertThat(kept).hasSize(5);
    assertThat(kept.get(2).<Double>getAs("prediction")).isNaN();
    assertThat(kept.get(2).<Vector>getAs("probability")).isNull();
    CentroidClassificationModel few = model.copy(ParamMap.empty());
    few.setRawPredictionCol("");
    few.setProbabilityCol("");
    assertThat(Arrays.asList(few.transform(table(5)).columns()))
        .endsWith("validates", "prediction");
  }

  /** Of which Kryo knows no records, and nobody has registered any. */
  @Test
  void whateverRunsAndSerializesTheBitsAreTheSame() throws Exception {
    float[] expected = classifier().fit(table(300)).parameters();
    session.stop();
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
      Map<String, String> ways = Map.of("local[1]", JAVA, "local[4]", KRYO, cluster.master(), KRYO);
      for (Map.Entry<String, String> way : ways.entrySet()) {
        session = plain(way.getKey(), way.getValue());
        try {
          CentroidClassificationModel model = classifier().fit(table(300).repartition(5));
          assertThat(model.parameters()).as("%s", way).isEqualTo(expected);
          assertThat(accuracy(model.transform(table(300)))).isGreaterThan(0.9);
        } finally {
          session.stop();
        }
      }
    } finally {
      session = plain("local[2]", JAVA);
    }
  }

  /**
   * Who is in a group of jobs stays there, so that it can be cancelled as everything of Spark's.
   */
  @Test
  void isCancelledWithItsGroup() throws Exception {
    SparkContext context = session.sparkContext();
    AtomicBoolean trains = new AtomicBoolean();
    SparkListener cancelling =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd task) {
            if (trains.get()) {
              context.cancelJobGroup("mine");
            }
          }

          @Override
          public void onJobStart(SparkListenerJobStart job) {
            String description = job.properties().getProperty("spark.job.description", "");
            trains.compareAndSet(false, description.startsWith("epoch 2"));
            if (trains.get()) {
              assertThat(job.properties().getProperty("spark.jobGroup.id")).isEqualTo("mine");
              context.cancelJobGroup("mine");
            }
          }
        };
    context.setJobGroup("mine", "fit", true);
    context.addSparkListener(cancelling);
    try {
      assertThatThrownBy(() -> classifier().setMaxIter(100_000).fit(table(300)))
          .hasMessageContaining("cancelled");
      assertThat(context.getLocalProperty("spark.jobGroup.id")).isEqualTo("mine");
      assertThat(context.getLocalProperty("spark.job.description")).isEqualTo("fit");
    } finally {
      context.removeSparkListener(cancelling);
      context.clearJobGroup();
    }
    assertThat(context.getPersistentRDDs().size()).isZero();
    assertThat(classifier().fit(table(300)).parameters()).isNotEmpty();
  }

  /** Nothing stays behind in a session that lives long. */
  @Test
  void releasesWhatItTook() {
    classifier().fit(table(300));
    assertThat(session.sparkContext().getPersistentRDDs().size()).isZero();
  }
}
