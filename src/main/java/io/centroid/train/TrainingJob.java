package io.centroid.train;

import io.centroid.average.AveragingEngine;
import io.centroid.average.CentroidAveraging;
import io.centroid.average.RoundPlan;
import io.centroid.average.TrainingPosition;
import io.centroid.checkpoint.BestModel;
import io.centroid.checkpoint.Checkpoint;
import io.centroid.checkpoint.Checkpoints;
import io.centroid.compute.StepMemory;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.config.AugmentationSettings;
import io.centroid.config.AveragingSettings;
import io.centroid.config.EngineKind;
import io.centroid.config.LocalStepKind;
import io.centroid.config.NetworkKind;
import io.centroid.config.Settings;
import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Split;
import io.centroid.deal.ShardExamples;
import io.centroid.deal.WorkerShares;
import io.centroid.dl4j.StockAveraging;
import io.centroid.error.JobException;
import io.centroid.evaluate.Metrics;
import io.centroid.job.Interruption;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.job.SparkLine;
import io.centroid.json.Json;
import io.centroid.model.DenseNetwork;
import io.centroid.model.NetworkSummary;
import io.centroid.publish.Lock;
import io.centroid.publish.StagedDirectory;
import io.centroid.publish.Target;
import io.centroid.report.MetricsTable;
import io.centroid.report.ProgressPage;
import io.centroid.report.ProgressPage.Subject;
import io.centroid.report.RoundAdvice;
import io.centroid.report.TimeBreakdown;
import io.centroid.report.TimeLeft;
import io.centroid.report.TrainingProgress;
import io.centroid.run.CodeVersion;
import io.centroid.run.Outcome;
import io.centroid.run.RunId;
import io.centroid.run.RunPlaces;
import io.centroid.shard.Manifest;
import io.centroid.shard.ShardSet;
import io.centroid.train.EpochLoop.Trained;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;

/**
 * The training job: shards → logical workers → rounds and epochs → the best model, evaluated on the
 * test split and published.
 */
public final class TrainingJob {
  private final JobSession session;
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
      JobSession session, Settings settings, Path shards, Path runs, boolean fresh, Phases phases) {
    this.session = session;
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
    requireEngine();
    ShardSet shards = phases.run("Open the shards", () -> openShards());
    RunId id =
        RunId.of(settings.effective(), shards.manifest().fingerprint(), CodeVersion.current());
    Target target =
        Target.of(new Path(runsPath, id.value()), "run", "--runs", Target.SUCCESS, hadoop());
    RunPlaces places = new RunPlaces(target.path());
    AfterPublishing afterPublishing = new AfterPublishing(places, hadoop(), phases);
    if (target.isPublished() && afterPublishing.isDone()) {
      return alreadyDone(places.target());
    }
    try (Lock lock = target.lock("run " + id, phases)) {
      if (target.isPublished()) {
        afterPublishing.execute();
        return alreadyDone(places.target());
      }
      FinishedRun run = trainAndPublish(id, shards, target, places, lock);
      afterPublishing.execute();
      return run;
    }
  }

  private FinishedRun trainAndPublish(
      RunId id, ShardSet shards, Target target, RunPlaces places, Lock lock) throws Exception {
    requireRoom(target);
    MultiLayerConfiguration network =
        DenseNetwork.configuration(
            settings.network(), settings.training(), shards.manifest().dataSet());
    String summary =
        NetworkSummary.of(settings.network(), network, shards.manifest().dataSet()).render();
    phases.say("%s", summary);
    memory(shards, network).check(session.context());

    try (StagedDirectory directory = target.stage(lock);
        Checkpoints checkpoints =
            Checkpoints.of(
                places.checkpoints(), hadoop(), id, settings.checkpoint(), lock, phases)) {
      Subject subject = subject(id, shards, summary);
      Trained trained = train(shards, network, checkpoints, lock, subject, places.progressPage());
      TimeBreakdown.of(trained.history()).ifPresent(this::tell);
      Outcome outcome =
          new RunResults(
                  session.context(),
                  settings,
                  shardsPath,
                  shards,
                  network,
                  summary,
                  started,
                  phases)
              .write(id, trained, directory);
      directory.publish("");
      return new FinishedRun(outcome, target.path());
    }
  }

  private void tell(TimeBreakdown time) {
    phases.say("%s", time.render());
    RoundAdvice.of(time, settings.averaging(), settings.training().workers())
        .forEach(line -> phases.say("%s", line));
  }

  /** In an object store there may be a part of this run, by a process that is gone. */
  private static void requireRoom(Target target) throws IOException {
    if (!target.isEmpty() && !target.isReplaceable()) {
      throw JobException.settings(
          "Cannot write run to %s: found something that is not a finished run, expected an empty place. Move it away, or use another --runs."
              .formatted(target.path()));
    }
  }

  private Subject subject(RunId id, ShardSet shards, String summary) {
    return new Subject(
        id.value(),
        shards.manifest().dataset(),
        shardsPath.toString(),
        settings.training().epochs(),
        settings.render(),
        summary);
  }

  private ShardSet openShards() throws IOException {
    ShardSet shards = ShardSet.open(shardsPath, hadoop());
    Manifest manifest = shards.manifest();
    phases.say(
        "%s: %,d training, %,d validation, %,d test %s",
        manifest.dataset(),
        manifest.count(Split.TRAIN),
        manifest.count(Split.VALIDATION),
        manifest.count(Split.TEST),
        manifest.dataSet().examplesAreCalled());
    requireFit(manifest.dataSet());
    if (manifest.hasWeights()) {
      requireUseOfWeights();
    }
    if (manifest.count(Split.TRAIN) < settings.training().workers()) {
      throw JobException.settings(
          "Cannot train: found "
              + manifest.count(Split.TRAIN)
              + " training %s for ".formatted(manifest.dataSet().examplesAreCalled())
              + settings.training().workers()
              + " workers, expected at least one for each. Lower training.workers.");
    }
    return shards;
  }

  private void requireEngine() {
    if (settings.averaging().engine() == EngineKind.STOCK && !StockAveraging.isAvailable()) {
      throw JobException.settings(
          "Cannot train with averaging.engine = stock: found Spark %s, expected Spark 3.5, the last one for which there is Deeplearning4j's Spark module. Set averaging.engine = centroid."
              .formatted(SparkLine.builtFor().name()));
    }
  }

  /** Deeplearning4j has no weights; its masks multiply what goes into the softmax as well. */
  private void requireUseOfWeights() {
    String found =
        settings.averaging().engine() == EngineKind.STOCK
            ? "averaging.engine = stock"
            : settings.training().localStep() == LocalStepKind.GENERAL
                ? "training.local-step = general"
                : null;
    if (found != null) {
      throw JobException.settings(
          "Cannot train on examples with weights: found %s, expected what uses them. Set averaging.engine = centroid and training.local-step = auto."
              .formatted(found));
    }
  }

  /** What settings ask for and the data cannot give. */
  private void requireFit(DataSet dataSet) {
    FeatureShape shape = dataSet.shape();
    AugmentationSettings augmentation = settings.training().augmentation();
    if (settings.network().kind() == NetworkKind.CHANNEL_DENSE && !shape.isPicture()) {
      throw JobException.settings(
          "Cannot train: found network.kind = channel-dense for %s, whose examples have shape %s, expected pictures. Use flatten-dense."
              .formatted(dataSet.title(), shape.axes()));
    }
    if (!augmentation.equals(AugmentationSettings.NONE) && !shape.isPicture()) {
      throw JobException.settings(
          "Cannot train: found training.augmentation for %s, whose examples have shape %s, expected pictures. Train without."
              .formatted(dataSet.title(), shape.axes()));
    }
    if (augmentation.cropPadding() > 0
        && augmentation.cropPadding() >= Math.min(shape.height(), shape.width())) {
      throw JobException.settings(
          "Cannot train: found training.augmentation.crop-padding = %d for pictures of %d × %d, expected less than their size. Lower it."
              .formatted(augmentation.cropPadding(), shape.height(), shape.width()));
    }
  }

  private Trained train(
      ShardSet shards,
      MultiLayerConfiguration network,
      Checkpoints checkpoints,
      Lock lock,
      Subject subject,
      Path progressPage)
      throws Exception {
    Checkpoint from = goOnFrom(checkpoints, network);
    int workers = settings.training().workers();
    int epochs = settings.training().epochs();
    RoundPlan plan = plan(shards);
    try (WorkerShares training =
            phases.run(
                "Deal the training %s to %d workers"
                    .formatted(shards.manifest().dataSet().examplesAreCalled(), workers),
                () ->
                    ShardExamples.dealTraining(
                        session.context(),
                        shards,
                        settings.network().kind(),
                        settings.training()));
        Validation validation =
            Validation.open(session.context(), shards, settings.training(), network);
        AveragingEngine engine = engine(shards, training, network, plan);
        TrainingSource source = TrainingSource.register(epochs, checkpoints::written)) {
      TimeLeft timeLeft = new TimeLeft(epochs, training.examples());
      try (TrainingProgress progress =
          TrainingProgress.on(
              phases,
              shards.manifest().dataSet().examplesAreCalled(),
              epochs,
              epoch -> plan.inEpoch(epoch, settings.averaging().warmUpEpochs()).rounds(),
              timeLeft)) {
        ProgressPage page = new ProgressPage(progressPage, hadoop(), subject, timeLeft, phases);
        EpochLoop loop =
            new EpochLoop(
                engine,
                validation,
                settings.training(),
                List.of(timeLeft, source, progress, page),
                checkpoints,
                lock);
        phases.say("After each epoch there is a page to watch: %s", progressPage);
        Interruption.askedFor(true);
        return phases.run("Train", () -> loop.run(from));
      }
    } finally {
      Interruption.askedFor(false);
    }
  }

  private Checkpoint goOnFrom(Checkpoints checkpoints, MultiLayerConfiguration network)
      throws IOException {
    if (fresh) {
      checkpoints.remove();
    }
    TrainingState initial = TrainingState.initial(network);
    Optional<Checkpoint> newest = checkpoints.newest(initial);
    newest.ifPresent(
        checkpoint ->
            phases.say(
                "Going on from a checkpoint: epoch %d, after %d rounds",
                checkpoint.position().epoch(), checkpoint.position().round()));
    return newest.orElseGet(
        () -> new Checkpoint(TrainingPosition.before(1, initial), BestModel.NONE, List.of()));
  }

  private RoundPlan plan(ShardSet shards) {
    return new RoundPlan(
        Math.toIntExact(shards.manifest().count(Split.TRAIN)),
        settings.training().workers(),
        settings.training().minibatchSize(),
        settings.averaging().frequency(),
        settings.training().seed());
  }

  private AveragingEngine engine(
      ShardSet shards, WorkerShares shares, MultiLayerConfiguration network, RoundPlan plan) {
    if (settings.averaging().engine() == EngineKind.STOCK) {
      return StockAveraging.of(session.context(), shares, network.toJson(), plan);
    }
    CentroidAveraging engine =
        new CentroidAveraging(
            session.context(),
            shares,
            network.toJson(),
            recipe(network, plan),
            plan,
            settings.averaging());
    return engine.betweenExecutors(
        memory(shards, network).hasRoomBetweenExecutors(session.context()),
        line -> phases.say("%s", line));
  }

  private MemoryCheck memory(ShardSet shards, MultiLayerConfiguration network) {
    long examples = shards.manifest().count(Split.TRAIN);
    StepRecipe recipe = StepRecipe.of(settings.training(), network, plan(shards).stepsPerEpoch());
    AveragingSettings averaging = settings.averaging();
    return new MemoryCheck(
        StepMemory.of(recipe, network, settings.training().minibatchSize()),
        settings.training().workers(),
        averaging.fanIn(),
        (averaging.outer().momentum() > 0 ? 2 : 0) + (averaging.emaDecay() > 0 ? 2 : 0),
        examples * shards.manifest().dataSet().features() * shards.coding().bytesPerValue());
  }

  private StepRecipe recipe(MultiLayerConfiguration network, RoundPlan plan) {
    StepRecipe recipe = StepRecipe.of(settings.training(), network, plan.stepsPerEpoch());
    phases.say("Local step: %s", Choice.name(recipe.step()));
    return recipe;
  }

  private FinishedRun alreadyDone(Path target) throws IOException {
    phases.say("This work was done before.");
    String json = Target.read(target, "outcome.json", hadoop());
    phases.say(
        "\n%s",
        MetricsTable.render(
            Json.read(Target.read(target, "metrics.json", hadoop()), Metrics.class)));
    return new FinishedRun(Json.read(json, Outcome.class), target);
  }

  private Configuration hadoop() {
    return session.hadoop();
  }
}
