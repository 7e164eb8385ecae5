package io.centroid.train;

import io.centroid.compute.LocalStep;
import io.centroid.compute.StepMemory;
import io.centroid.compute.StepOptions;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AveragingSettings;
import io.centroid.config.Settings;
import io.centroid.data.Choice;
import io.centroid.data.Cifar10;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.GalleryJob;
import io.centroid.evaluate.Metrics;
import io.centroid.evaluate.PredictionJob;
import io.centroid.evaluate.PublishedModel;
import io.centroid.evaluate.ShardEvaluation;
import io.centroid.evaluate.TestPredictions;
import io.centroid.json.Json;
import io.centroid.model.DenseNetwork;
import io.centroid.model.FirstLayerImages;
import io.centroid.model.FlatParameters;
import io.centroid.model.ModelFile;
import io.centroid.model.NetworkSummary;
import io.centroid.model.Networks;
import io.centroid.model.OnnxFile;
import io.centroid.report.HistoryTables;
import io.centroid.report.MetricsTable;
import io.centroid.report.Outcome;
import io.centroid.report.Pictures;
import io.centroid.report.RunReport;
import io.centroid.report.TimeBreakdown;
import io.centroid.report.TrainingProgress;
import io.centroid.run.CodeVersion;
import io.centroid.run.Interruption;
import io.centroid.run.Phases;
import io.centroid.run.Provenance;
import io.centroid.run.RunDirectory;
import io.centroid.run.RunId;
import io.centroid.run.RunLock;
import io.centroid.run.StorageFailure;
import io.centroid.shard.Manifest;
import io.centroid.shard.ShardSet;
import io.centroid.train.EpochLoop.Trained;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The training job: shards → logical workers → rounds and epochs → the best model, evaluated on the
 * test split and published.
 */
public final class TrainingJob {
  private static final Logger LOG = LogManager.getLogger();
  private static final int UNITS_SHOWN = 40;

  private final JavaSparkContext context;
  private final Settings settings;
  private final Path shardsPath;
  private final Path runsPath;
  private final boolean fresh;
  private final Phases phases;
  private final Instant started = Instant.now();

  /**
   * Creates a job.
   *
   * @param settings what and how to train
   * @param shards a shard set that the preparation published
   * @param runs the directory that gets the run's directory
   * @param fresh whether to start over where there are checkpoints
   * @param phases told of what is happening
   */
  public TrainingJob(
      JavaSparkContext context,
      Settings settings,
      Path shards,
      Path runs,
      boolean fresh,
      Phases phases) {
    this.context = context;
    this.settings = settings;
    this.shardsPath = shards;
    this.runsPath = runs;
    this.fresh = fresh;
    this.phases = phases;
  }

  /**
   * A finished run.
   *
   * @param outcome how it ended
   * @param directory where it is published
   */
  public record FinishedRun(Outcome outcome, Path directory) {}

  /**
   * Trains, evaluates and publishes. A run that was published before is only reported; one that was
   * begun before goes on from its newest checkpoint.
   *
   * @throws JobException when settings or shards cannot be used, or the training diverges; nothing
   *     is published then
   */
  public FinishedRun execute() throws Exception {
    ShardSet shards = phases.run("Open the shards", () -> openShards());
    RunId id =
        RunId.of(settings.effective(), shards.manifest().fingerprint(), CodeVersion.current());
    Path target = runsPath.getFileSystem(hadoop()).makeQualified(new Path(runsPath, id.value()));
    if (RunDirectory.isPublished(target, hadoop()) && isTidy(target)) {
      return alreadyDone(target);
    }
    try (RunLock lock = RunLock.take(beside(target, "lock"), "run " + id, hadoop(), phases)) {
      if (!RunDirectory.isPublished(target, hadoop())) {
        return trainAndPublish(id, shards, target, lock);
      }
      tidy(target);
      return alreadyDone(target);
    }
  }

  private FinishedRun trainAndPublish(RunId id, ShardSet shards, Path target, RunLock lock)
      throws Exception {
    MultiLayerConfiguration network =
        DenseNetwork.configuration(settings.network(), settings.training());
    String summary = NetworkSummary.of(settings.network(), network).render();
    phases.say(summary);
    checkMemory(shards, network);

    try (RunDirectory directory = RunDirectory.stage(target, hadoop());
        Checkpoints checkpoints =
            Checkpoints.of(
                beside(target, "checkpoints"), hadoop(), id, settings.checkpoint(), phases)) {
      Trained trained = train(shards, network, checkpoints);
      TimeBreakdown.of(trained.history()).ifPresent(times -> phases.say(times.render()));
      MultiLayerNetwork model = Networks.initialized(network);
      trained.best().writeTo(model);
      Metrics metrics =
          phases.run(
              "Evaluate the best epoch, %d, on the test split".formatted(trained.bestEpoch()),
              () -> evaluate(shards, network, trained.best()));
      TestPredictions predictions =
          PredictionJob.predict(
              context,
              shards,
              new PublishedModel(
                  PublishedModel.card(shards.manifest()),
                  new Classifier(network.toJson(), trained.best().parameters())));
      Pictures pictures =
          phases.run("Collect images for the report", () -> pictures(shards, network, trained));
      Outcome outcome = outcome(id, shards.manifest(), trained, metrics);
      directory.write("settings.conf", settings.render());
      directory.write("summary.txt", titled(shards.manifest(), summary));
      directory.write(
          "model.zip", out -> ModelFile.write(model, PublishedModel.card(shards.manifest()), out));
      directory.write(
          "model.onnx",
          out ->
              OnnxFile.write(
                  network,
                  trained.best().parameters(),
                  PublishedModel.card(shards.manifest()),
                  out));
      directory.write("history.json", Json.write(trained.history()));
      directory.write(HistoryTables.EPOCHS, HistoryTables.epochs(trained.history()));
      directory.write(HistoryTables.ROUNDS, HistoryTables.rounds(trained.history()));
      directory.write("metrics.json", Json.write(metrics));
      directory.write(TestPredictions.FILE, predictions::write);
      directory.write("pictures.json", Json.write(pictures));
      directory.write("provenance.json", Json.write(provenance(shards.manifest())));
      directory.write("outcome.json", Json.write(outcome));
      model.close();
      phases.say("\n%s", MetricsTable.render(metrics));
      lock.check("run " + id);
      Path published = directory.publish();
      tidy(published);
      return new FinishedRun(outcome, published);
    }
  }

  /** What belongs to a run before it is published lies beside its place, hidden. */
  static Path beside(Path target, String what) {
    return new Path(target.getParent(), "." + target.getName() + "." + what);
  }

  private ShardSet openShards() throws IOException {
    ShardSet shards = ShardSet.open(shardsPath, hadoop());
    Manifest manifest = shards.manifest();
    phases.say(
        "%s: %,d training, %,d validation, %,d test images",
        manifest.dataset(),
        manifest.count(Split.TRAIN),
        manifest.count(Split.VALIDATION),
        manifest.count(Split.TEST));
    List<Integer> expected = List.of(Cifar10.HEIGHT, Cifar10.WIDTH, Cifar10.CHANNELS);
    if (!manifest.featureShape().equals(expected)) {
      throw JobException.data(
          "Cannot train on shards "
              + shardsPath
              + ": found images of shape "
              + manifest.featureShape()
              + ", expected "
              + expected
              + ", the network's input. Prepare the shards again.");
    }
    if (manifest.count(Split.TRAIN) < settings.training().workers()) {
      throw JobException.settings(
          "Cannot train: found "
              + manifest.count(Split.TRAIN)
              + " training images for "
              + settings.training().workers()
              + " workers, expected at least one for each. Lower training.workers.");
    }
    return shards;
  }

  private Trained train(ShardSet shards, MultiLayerConfiguration network, Checkpoints checkpoints)
      throws Exception {
    Checkpoint from = goOnFrom(checkpoints, network);
    int workers = settings.training().workers();
    try (WorkerShares training =
            phases.run(
                "Deal the training images to %d workers".formatted(workers),
                () ->
                    ShardExamples.dealTraining(
                        context, shards, settings.network().kind(), settings.training()));
        Validation validation = Validation.open(context, shards, settings.training(), network);
        AveragingEngine engine = engine(training, network);
        TrainingProgress progress =
            TrainingProgress.on(phases.out(), settings.training().epochs(), training.examples());
        TrainingSource source =
            TrainingSource.register(settings.training().epochs(), checkpoints::written)) {
      EpochLoop loop =
          new EpochLoop(engine, validation, settings.training(), progress, source, checkpoints);
      Interruption.askedFor(true);
      return phases.run("Train", () -> loop.run(from));
    } finally {
      Interruption.askedFor(false);
    }
  }

  private Checkpoint goOnFrom(Checkpoints checkpoints, MultiLayerConfiguration network)
      throws IOException {
    if (fresh) {
      checkpoints.remove();
    }
    Optional<Checkpoint> newest = checkpoints.newest();
    newest.ifPresent(
        checkpoint ->
            phases.say(
                "Going on from a checkpoint: epoch %d, after %d rounds",
                checkpoint.position().epoch(), checkpoint.position().round()));
    return newest.orElseGet(
        () ->
            new Checkpoint(
                TrainingPosition.before(1, TrainingState.initial(network)),
                BestModel.NONE,
                List.of()));
  }

  private AveragingEngine engine(WorkerShares shares, MultiLayerConfiguration network) {
    RoundPlan plan =
        new RoundPlan(
            shares.examples(),
            shares.workers(),
            settings.training().minibatchSize(),
            settings.averaging().frequency(),
            settings.training().seed());
    return switch (settings.averaging().engine()) {
      case CENTROID ->
          new CentroidAveraging(
              context, shares, network.toJson(), recipe(network, plan), plan, settings.averaging());
      case STOCK -> new StockAveraging(context, shares, network.toJson(), plan);
    };
  }

  private void checkMemory(ShardSet shards, MultiLayerConfiguration network) {
    long examples = shards.manifest().count(Split.TRAIN);
    LocalStep step = LocalStep.of(settings.training().localStep(), network, StepOptions.PLAIN);
    AveragingSettings averaging = settings.averaging();
    new MemoryCheck(
            StepMemory.of(step, network, settings.training().minibatchSize()),
            settings.training().workers(),
            averaging.fanIn(),
            (averaging.outerMomentum() > 0 ? 2 : 0) + (averaging.emaDecay() > 0 ? 2 : 0),
            examples * Cifar10.FEATURES)
        .check(context);
  }

  private StepRecipe recipe(MultiLayerConfiguration network, RoundPlan plan) {
    StepRecipe recipe = StepRecipe.of(settings.training(), network, plan.stepsPerEpoch());
    phases.say("Local step: %s", Choice.name(recipe.step()));
    return recipe;
  }

  private Metrics evaluate(ShardSet shards, MultiLayerConfiguration network, TrainingState state) {
    return ShardEvaluation.evaluate(
        context, shards, Split.TEST, new Classifier(network.toJson(), state.parameters()));
  }

  /** Whether nothing is left to do for a run that is published. */
  private boolean isTidy(Path run) throws IOException {
    FileSystem fileSystem = run.getFileSystem(hadoop());
    return fileSystem.exists(new Path(run, RunReport.FILE))
        && !fileSystem.exists(beside(run, "checkpoints"));
  }

  /**
   * Makes the report of a run that is published, and removes its checkpoints. Whatever goes wrong
   * here loses nothing, and is done by whoever asks for the same run again.
   */
  private void tidy(Path run) {
    try {
      RunReport.write(run, hadoop());
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot make the report", e);
      phases.say(
          "Warning: cannot make %s: found %s. The run is whole; 'centroid report %s' tries again.",
          RunReport.FILE, StorageFailure.reason(e), run);
    }
    try {
      run.getFileSystem(hadoop()).delete(beside(run, "checkpoints"), true);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove the checkpoints", e);
      phases.say(
          "Warning: cannot remove the checkpoints of the run: found %s. They are not needed any more.",
          StorageFailure.reason(e));
    }
  }

  private Pictures pictures(ShardSet shards, MultiLayerConfiguration network, Trained trained) {
    float[] parameters = trained.best().parameters();
    return new Pictures(
        GalleryJob.collect(
            context, shards, Split.TEST, new Classifier(network.toJson(), parameters)),
        FirstLayerImages.of(network, parameters, UNITS_SHOWN));
  }

  private FinishedRun alreadyDone(Path target) throws IOException {
    phases.say("This work was done before.");
    String json = RunDirectory.read(target, "outcome.json", hadoop());
    phases.say(
        "\n%s",
        MetricsTable.render(
            Json.read(RunDirectory.read(target, "metrics.json", hadoop()), Metrics.class)));
    return new FinishedRun(Json.read(json, Outcome.class), target);
  }

  private Outcome outcome(RunId id, Manifest manifest, Trained trained, Metrics metrics) {
    return new Outcome(
        "done",
        0,
        id.value(),
        manifest.dataset(),
        FlatParameters.sha256(trained.best().parameters()),
        metrics.accuracy(),
        trained.bestEpoch(),
        trained.seconds(),
        trained.examples() / trained.seconds(),
        trained.history().size(),
        trained.rounds(),
        trained.steps(),
        manifest.count(Split.TRAIN),
        settings.training().workers());
  }

  private Provenance provenance(Manifest manifest) {
    return Provenance.of(
        context.sc(),
        shardsPath.toString(),
        manifest.fingerprint(),
        manifest.imagesHash(),
        manifest.dataset(),
        started);
  }

  /** The summary; whatever is made from stand-in data says so. */
  private static String titled(Manifest manifest, String summary) {
    return manifest.standIn() ? "Trained on " + manifest.dataset() + "\n" + summary : summary;
  }

  private Configuration hadoop() {
    return context.hadoopConfiguration();
  }
}
