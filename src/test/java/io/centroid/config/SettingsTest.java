package io.centroid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.Normalization;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsTest {
  @TempDir private Path directory;

  @Test
  void defaultsAreThePublishedRecipe() {
    Settings settings = Settings.defaults();
    assertThat(settings.prepare())
        .isEqualTo(new PrepareSettings(8, 0.1, 0.1, 0.01, null, 1, 50_000, 10_000));
    assertThat(settings.network())
        .isEqualTo(
            new NetworkSettings(
                NetworkKind.FLATTEN_DENSE,
                List.of(200, 150),
                List.of(ActivationKind.RELU),
                0.01,
                0,
                "",
                List.of()));
    assertThat(settings.training())
        .isEqualTo(
            new TrainingSettings(
                10,
                2,
                32,
                1,
                5,
                LocalStepKind.AUTO,
                0,
                new UpdateSettings(UpdateRuleKind.ADAM, 5e-4, 0.9, 0, 0, 0),
                new ScheduleSettings(ScheduleKind.CONSTANT, 0, 10, 0.1),
                AugmentationSettings.NONE));
    assertThat(settings.averaging())
        .isEqualTo(new AveragingSettings(25, EngineKind.CENTROID, 0, OuterSettings.PLAIN, 0, 16));
    assertThat(settings.gate()).isEqualTo(new GateSettings(0, 0.01));
  }

  /** Of those that the documentation names; what they come to is in its table. */
  @ParameterizedTest
  @CsvSource({
    "published, 10, 4, FLATTEN_DENSE",
    "best, 160, 4, FLATTEN_DENSE",
    "fast, 10, 4, FLATTEN_DENSE",
    "channel-dense, 1, 2, CHANNEL_DENSE"
  })
  void everyRecipeIsReadByItself(String name, int epochs, int workers, NetworkKind kind) {
    Path recipes = Path.of(System.getProperty("centroid.home", "."), "conf", "recipes");
    Settings settings = Settings.load(List.of(recipes.resolve(name + ".conf")), List.of());
    assertThat(settings.training().epochs()).isEqualTo(epochs);
    assertThat(settings.training().workers()).isEqualTo(workers);
    assertThat(settings.network().kind()).isEqualTo(kind);
    assertThat(recipes.toFile().list()).hasSize(4);
  }

  @Test
  void readsEveryKey() {
    Settings settings =
        Settings.load(
            List.of(),
            List.of(
                "prepare.shards=3",
                "prepare.validation-fraction=0.25",
                "prepare.normalization=standardize",
                "prepare.seed=7",
                "prepare.stand-in.training-images=1000",
                "prepare.stand-in.test-images=200",
                "network.kind=flatten-dense",
                "network.hidden-widths=[30, 20, 10]",
                "network.dropout=0.3",
                "training.epochs=4",
                "training.workers=6",
                "training.minibatch-size=64",
                "training.learning-rate=0.01",
                "training.seed=-8",
                "training.early-stopping-patience=0",
                "training.local-step=general",
                "training.update-rule=nesterov",
                "training.momentum=0.8",
                "training.l2=0",
                "training.weight-decay=0.05",
                "training.label-smoothing=0.1",
                "averaging.frequency=7",
                "averaging.engine=centroid",
                "averaging.outer-momentum=0.5",
                "averaging.fan-in=4",
                "gate.minimum-accuracy=0.45",
                "gate.significance=0.05"));
    assertThat(settings.prepare())
        .isEqualTo(
            new PrepareSettings(3, 0.25, 0.1, 0.01, Normalization.STANDARDIZE, 7, 1000, 200));
    assertThat(settings.network().hiddenWidths()).containsExactly(30, 20, 10);
    assertThat(settings.network().dropout()).isEqualTo(0.3);
    assertThat(settings.training())
        .isEqualTo(
            new TrainingSettings(
                4,
                6,
                64,
                -8,
                0,
                LocalStepKind.GENERAL,
                0.1,
                new UpdateSettings(UpdateRuleKind.NESTEROV, 0.01, 0.8, 0, 0.05, 0),
                new ScheduleSettings(ScheduleKind.CONSTANT, 0, 10, 0.1),
                AugmentationSettings.NONE));
    assertThat(settings.averaging())
        .isEqualTo(
            new AveragingSettings(7, EngineKind.CENTROID, 0, OuterSettings.momentum(0.5), 0, 4));
    assertThat(settings.gate()).isEqualTo(new GateSettings(0.45, 0.05));
  }

  @Test
  void assignmentsOverrideFilesAndLaterFilesEarlierOnes() throws IOException {
    Path first =
        Files.writeString(directory.resolve("a.conf"), "training { epochs = 3, workers = 3 }");
    Path second = Files.writeString(directory.resolve("b.conf"), "training.workers = 4");
    Settings settings =
        Settings.load(List.of(first, second), List.of("training.seed = 9", "training.epochs = 5"));
    assertThat(settings.training().epochs()).isEqualTo(5);
    assertThat(settings.training().workers()).isEqualTo(4);
    assertThat(settings.training().seed()).isEqualTo(9);
  }

  @Test
  void renderingReadBackGivesTheSameSettings() throws IOException {
    Settings settings =
        Settings.load(
            List.of(), List.of("network.hidden-widths=[5]", "training.learning-rate=2e-3"));
    Path file = Files.writeString(directory.resolve("settings.conf"), settings.render());
    assertThat(Settings.load(List.of(file), List.of())).isEqualTo(settings);
    assertThat(settings.render().lines()).isSorted().hasSize(46);
  }

  @ParameterizedTest
  @CsvSource({
    "training.epoch, training.epochs",
    "training.batch-size, training.minibatch-size",
    "averaging.freqency, averaging.frequency",
    "prepare.shard, prepare.shards"
  })
  void namesTheNearestKnownKey(String key, String nearest) {
    assertRefused(
        List.of(key + "=3"),
        "Cannot use settings: " + key + ": no such setting, the nearest is " + nearest + ".");
  }

  @Test
  void namesAllProblemsInOneMessage() {
    assertThatThrownBy(
            () ->
                Settings.load(
                    List.of(),
                    List.of(
                        "training.epochs=0",
                        "training.workers=many",
                        "averaging.engine=fast",
                        "prepare.validation-fraction=0.7",
                        "trainig.seed=1")))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("training.epochs: found 0, expected 1 to 100000")
        .hasMessageContaining("training.workers: found \"many\", expected a whole number")
        .hasMessageContaining("averaging.engine: found \"fast\", expected one of centroid, stock")
        .hasMessageContaining("prepare.validation-fraction: found 0.7, expected 0 to 0.5")
        .hasMessageContaining("trainig.seed: no such setting, the nearest is training.seed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prepare.shards=0 | prepare.shards: found 0, expected 1 to 10000",
        "prepare.stand-in.training-images=15 | prepare.stand-in.training-images: found 15,"
            + " expected a multiple of 10 from 10 to 50000",
        "prepare.normalization=minmax | prepare.normalization: found \"minmax\", expected one of"
            + " auto, unit, standardize, none",
        "training.minibatch-size=0 | training.minibatch-size: found 0, expected 1 to 65536",
        "training.minibatch-size=1.5 | training.minibatch-size: found 1.5, expected a whole number",
        "training.learning-rate=0 | training.learning-rate: found 0.0, expected above 0 and at most"
            + " 10",
        "training.early-stopping-patience=-1 | training.early-stopping-patience: found -1, expected"
            + " 0 or more",
        "network.hidden-widths=[200,0] | network.hidden-widths: found [200, 0], expected each 1 to"
            + " 100000",
        "network.dropout=1 | network.dropout: found 1.0, expected 0 to 0.95",
        "network.hidden-widths=[-7] | network.hidden-widths: found [-7], expected each 1 to 100000",
        "network.activations=[swish] | network.activations: found [\"swish\"], expected a list, each"
            + " one of relu, leaky-relu, sigmoid, tanh, identity",
        "network.activations=[relu,tanh,relu] | network.activations: found 3 of them, expected 1, or"
            + " one for each of the 2 hidden layers",
        "network.alpha=0.3 | network.alpha: found 0.3, expected 0.01 without leaky-relu among"
            + " network.activations",
        "network{kind=channel-dense,hidden-widths=[]} | network.hidden-widths: found [], expected at"
            + " least one for network.kind = channel-dense",
        "network.kind=conv | network.kind: found \"conv\", expected one of flatten-dense,"
            + " channel-dense",
        "training.clip-norm=-1 | training.clip-norm: found -1.0, expected 0 or more",
        "training.schedule.kind=linear | training.schedule.kind: found \"linear\", expected one of"
            + " constant, step, cosine, one-cycle",
        "training.schedule.warm-up-epochs=10 | training.schedule.warm-up-epochs: found 10.0,"
            + " expected less than training.epochs, 10",
        "training.schedule.step-factor=0 | training.schedule.step-factor: found 0.0, expected above 0"
            + " and at most 1",
        "training.augmentation.flip=maybe | training.augmentation.flip: found \"maybe\", expected"
            + " true or false",
        "training.augmentation.crop-padding=32 | training.augmentation.crop-padding: found 32,"
            + " expected 0 to 31, less than the image",
        "averaging.ema-decay=1 | averaging.ema-decay: found 1.0, expected 0 to 0.9999",
        "training.update-rule=rmsprop | training.update-rule: found \"rmsprop\", expected one of"
            + " adam, sgd, nesterov",
        "training.momentum=1 | training.momentum: found 1.0, expected 0 to 0.999",
        "training.l2=-1 | training.l2: found -1.0, expected 0 to 1",
        "training.weight-decay=2 | training.weight-decay: found 2.0, expected 0 to 1",
        "training.label-smoothing=1 | training.label-smoothing: found 1.0, expected 0 to 0.9",
        "averaging.outer-momentum=1 | averaging.outer-momentum: found 1.0, expected 0 to 0.99",
        "averaging.outer-nesterov=true | averaging.outer-nesterov: found true, expected false where"
            + " averaging.outer-momentum is 0",
        "averaging.outer-learning-rate=0 | averaging.outer-learning-rate: found 0.0, expected above"
            + " 0 and at most 2",
        "averaging.warm-up-epochs=-1 | averaging.warm-up-epochs: found -1, expected 0 to 100000",
        "averaging.fan-in=1 | averaging.fan-in: found 1, expected 2 to 1000",
        "gate.minimum-accuracy=45 | gate.minimum-accuracy: found 45.0, expected 0 to 1",
        "gate.significance=0.6 | gate.significance: found 0.6, expected 0 to 0.5",
        "training=3 | training.epochs: found no value, expected one",
      })
  void refusesValuesOutOfBounds(String assignment, String problem) {
    assertThatThrownBy(() -> Settings.load(List.of(), List.of(assignment)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void leakyReluMayHaveAnyAlpha() {
    Settings settings =
        Settings.load(
            List.of(), List.of("network.activations=[tanh,leaky-relu]", "network.alpha=0.3"));
    assertThat(settings.network().activation(0)).isEqualTo(ActivationKind.TANH);
    assertThat(settings.network().activation(1)).isEqualTo(ActivationKind.LEAKY_RELU);
    assertThat(settings.network().alpha()).isEqualTo(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "training.schedule.kind=cosine, training.schedule.kind",
    "training.schedule.warm-up-epochs=2, training.schedule.warm-up-epochs",
    "training.augmentation.flip=true, training.augmentation",
    "training.clip-norm=1, training.clip-norm",
    "averaging.ema-decay=0.5, averaging.ema-decay",
    "averaging.outer-momentum=0.5, averaging.outer-momentum",
    "averaging.outer-learning-rate=0.7, averaging.outer-learning-rate",
    "averaging.warm-up-epochs=1, averaging.warm-up-epochs"
  })
  void refusesWhatTheStockEngineDoesNotHave(String assignment, String key) {
    assertThatThrownBy(
            () -> Settings.load(List.of(), List.of("averaging.engine=stock", assignment)))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("Cannot use settings: " + key + ": found ")
        .hasMessageContaining("with averaging.engine = stock");
  }

  @Test
  void refusesL2TogetherWithWeightDecay() {
    assertRefused(
        List.of("training.l2=0.1", "training.weight-decay=0.05"),
        "Cannot use settings: training.weight-decay: found 0.05, expected 0 with training.l2 above"
            + " 0; use one of the two.");
  }

  @Test
  void refusesFilesThatCannotBeRead() {
    Path missing = directory.resolve("missing.conf");
    assertThatThrownBy(() -> Settings.load(List.of(missing), List.of()))
        .hasMessage(
            "Cannot use settings: --conf "
                + missing
                + ": found no readable file, expected a HOCON file.");
  }

  @Test
  void refusesAssignmentsWithoutValue() {
    assertRefused(
        List.of("training.epochs"),
        "Cannot use settings: --set training.epochs: expected key=value.");
  }

  private static void assertRefused(List<String> assignments, String message) {
    assertThatThrownBy(() -> Settings.load(List.of(), assignments))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessage(message);
  }
}
