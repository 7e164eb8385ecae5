package io.centroid.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import io.centroid.data.Choice;
import io.centroid.data.Normalization;
import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.lang3.StringUtils;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * The effective settings: defaults, overridden by files, overridden by single assignments.
 *
 * @param prepare settings of the preparation
 * @param network settings of the network
 * @param training settings of the training
 * @param averaging settings of the parameter averaging
 * @param checkpoint settings of the checkpoints
 * @param gate what a model must come to before it is promoted
 * @param effective every key with its effective value in HOCON notation, sorted by key
 */
public record Settings(
    PrepareSettings prepare,
    NetworkSettings network,
    TrainingSettings training,
    AveragingSettings averaging,
    CheckpointSettings checkpoint,
    GateSettings gate,
    SortedMap<String, String> effective) {

  /** So many problems are told, and so much of each, in one line. */
  private static final int MOST_TOLD = 20;

  private static final int LONGEST_TOLD = 1000;
  private static final int LONGEST_KEY = 100;

  /** The settings with no overrides. */
  public static Settings defaults() {
    return load(List.of(), List.of());
  }

  /**
   * Reads settings.
   *
   * @param files HOCON files; a later one overrides an earlier one
   * @param assignments {@code key=value} pairs; they override the files, a later one an earlier one
   * @throws JobException with category SETTINGS and all problems in one message
   */
  public static Settings load(List<Path> files, List<String> assignments) {
    try {
      return read(files, assignments);
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw JobException.settings(
          "Cannot use settings: found values that are nested or repeated more than memory can hold,"
              + " expected those of a training. Look into "
              + (files.isEmpty() ? "--set" : files)
              + ".");
    }
  }

  private static Settings read(List<Path> files, List<String> assignments) {
    Config defaults = parseDefaults();
    List<String> problems = new ArrayList<>();
    Config overrides = ConfigFactory.empty();
    for (Path file : files) {
      overrides = parseFile(file, problems).withFallback(overrides);
    }
    for (String assignment : assignments) {
      overrides = parseAssignment(assignment, problems).withFallback(overrides);
    }
    Config merged = resolve(overrides.withFallback(defaults), problems, defaults);
    problems.addAll(unknownKeys(merged, defaults));
    Settings settings = read(merged, defaults, problems);
    if (!problems.isEmpty()) {
      throw JobException.settings("Cannot use settings: " + told(problems) + ".");
    }
    return settings;
  }

  private static String told(List<String> problems) {
    String first =
        problems.stream()
            .limit(MOST_TOLD)
            .map(problem -> StringUtils.abbreviate(problem, LONGEST_TOLD))
            .collect(Collectors.joining("; "));
    int more = problems.size() - MOST_TOLD;
    return more > 0 ? first + "; and %,d more".formatted(more) : first;
  }

  /** From this program's own resource, which no other jar on the class path has or adds to. */
  private static Config parseDefaults() {
    try (InputStream in = Settings.class.getResourceAsStream("defaults.conf")) {
      return ConfigFactory.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("The defaults are in the program", e);
    }
  }

  /** The effective settings as a HOCON file, one sorted {@code key = value} line each. */
  public String render() {
    StringBuilder text = new StringBuilder();
    effective.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
    return text.toString();
  }

  private static Settings read(Config config, Config defaults, List<String> problems) {
    SettingsReader reader = new SettingsReader(config, defaults, problems);
    PrepareSettings prepare =
        reader.section(
            () ->
                new PrepareSettings(
                    reader.integer("prepare.shards"),
                    reader.number("prepare.validation-fraction"),
                    reader.number("prepare.test-fraction"),
                    reader.number("prepare.unreadable-fraction"),
                    normalization(reader),
                    reader.longInteger("prepare.seed"),
                    reader.integer("prepare.stand-in.training-images"),
                    reader.integer("prepare.stand-in.test-images")));
    NetworkSettings network =
        reader.section(
            () ->
                new NetworkSettings(
                    reader.choice("network.kind", NetworkKind.class),
                    reader.integers("network.hidden-widths"),
                    reader.choices("network.activations", ActivationKind.class),
                    reader.number("network.alpha"),
                    reader.number("network.dropout"),
                    reader.text("network.name"),
                    reader.texts("network.layer-names")));
    UpdateSettings update =
        reader.section(
            () ->
                new UpdateSettings(
                    reader.choice("training.update-rule", UpdateRuleKind.class),
                    reader.number("training.learning-rate"),
                    reader.number("training.momentum"),
                    reader.number("training.l2"),
                    reader.number("training.weight-decay"),
                    reader.number("training.clip-norm")));
    ScheduleSettings schedule =
        reader.section(
            () ->
                new ScheduleSettings(
                    reader.choice("training.schedule.kind", ScheduleKind.class),
                    reader.number("training.schedule.warm-up-epochs"),
                    reader.integer("training.schedule.step-epochs"),
                    reader.number("training.schedule.step-factor")));
    AugmentationSettings augmentation =
        reader.section(
            () ->
                new AugmentationSettings(
                    reader.flag("training.augmentation.flip"),
                    reader.integer("training.augmentation.crop-padding")));
    TrainingSettings training =
        reader.section(
            () ->
                new TrainingSettings(
                    reader.integer("training.epochs"),
                    reader.integer("training.workers"),
                    reader.integer("training.minibatch-size"),
                    reader.longInteger("training.seed"),
                    reader.integer("training.early-stopping-patience"),
                    reader.choice("training.local-step", LocalStepKind.class),
                    reader.number("training.label-smoothing"),
                    update,
                    schedule,
                    augmentation));
    OuterSettings outer =
        reader.section(
            () ->
                new OuterSettings(
                    reader.number("averaging.outer-momentum"),
                    reader.flag("averaging.outer-nesterov"),
                    reader.number("averaging.outer-learning-rate")));
    AveragingSettings averaging =
        reader.section(
            () ->
                new AveragingSettings(
                    reader.integer("averaging.frequency"),
                    reader.choice("averaging.engine", EngineKind.class),
                    reader.integer("averaging.warm-up-epochs"),
                    outer,
                    reader.number("averaging.ema-decay"),
                    reader.integer("averaging.fan-in")));
    CheckpointSettings checkpoint =
        reader.section(
            () ->
                new CheckpointSettings(
                    reader.integer("checkpoint.every-rounds"), reader.integer("checkpoint.keep")));
    GateSettings gate =
        reader.section(
            () ->
                new GateSettings(
                    reader.number("gate.minimum-accuracy"), reader.number("gate.significance")));
    if (training != null && averaging != null) {
      problems.addAll(beyondStock(training, averaging));
    }
    SortedMap<String, String> effective = new TreeMap<>();
    config
        .entrySet()
        .forEach(
            entry ->
                effective.put(
                    entry.getKey(), entry.getValue().render(ConfigRenderOptions.concise())));
    return new Settings(
        prepare,
        network,
        training,
        averaging,
        checkpoint,
        gate,
        Collections.unmodifiableSortedMap(effective));
  }

  private static Normalization normalization(SettingsReader reader) {
    NormalizationKind kind = reader.choice("prepare.normalization", NormalizationKind.class);
    return kind == null ? null : kind.normalization();
  }

  /** What Deeplearning4j's own averaging is asked for and does not have. */
  private static List<String> beyondStock(TrainingSettings training, AveragingSettings averaging) {
    Problems problems = new Problems();
    if (averaging.engine() == EngineKind.STOCK
        && averaging.outer() != null
        && training.schedule() != null
        && training.augmentation() != null) {
      String without = " with averaging.engine = stock, which knows no other";
      problems
          .require(
              averaging.warmUpEpochs() == 0,
              "averaging.warm-up-epochs",
              averaging.warmUpEpochs(),
              "0" + without)
          .require(
              averaging.outer().momentum() == 0,
              "averaging.outer-momentum",
              averaging.outer().momentum(),
              "0" + without)
          .require(
              averaging.outer().learningRate() == 1,
              "averaging.outer-learning-rate",
              averaging.outer().learningRate(),
              "1" + without)
          .require(
              averaging.emaDecay() == 0, "averaging.ema-decay", averaging.emaDecay(), "0" + without)
          .require(
              training.schedule().kind() == ScheduleKind.CONSTANT,
              "training.schedule.kind",
              Choice.name(training.schedule().kind()),
              "constant" + without)
          .require(
              training.schedule().warmUpEpochs() == 0,
              "training.schedule.warm-up-epochs",
              training.schedule().warmUpEpochs(),
              "0" + without)
          .require(
              training.augmentation().equals(AugmentationSettings.NONE),
              "training.augmentation",
              training.augmentation(),
              "neither flip nor crop" + without)
          .require(
              training.update() == null || training.update().clipNorm() == 0,
              "training.clip-norm",
              training.update() == null ? 0 : training.update().clipNorm(),
              "0" + without);
    }
    return problems.found();
  }

  private static Config parseFile(Path file, List<String> problems) {
    try {
      return SettingsFile.read(file);
    } catch (ConfigException e) {
      problems.add("--conf " + file + ": " + e.getMessage());
      return ConfigFactory.empty();
    }
  }

  private static Config parseAssignment(String assignment, List<String> problems) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      problems.add("--set " + assignment + ": expected key=value");
      return ConfigFactory.empty();
    }
    try {
      return SettingsFile.assignment(assignment);
    } catch (ConfigException.Generic e) {
      problems.add("--set " + assignment + ": " + e.getMessage());
      return ConfigFactory.empty();
    } catch (ConfigException e) {
      problems.add("--set " + assignment + ": expected a HOCON value");
      return ConfigFactory.empty();
    }
  }

  /** Settings depend on what the user gave alone: not on the environment, nor on properties. */
  private static Config resolve(Config config, List<String> problems, Config defaults) {
    try {
      return config.resolve(
          ConfigResolveOptions.noSystem().appendResolver(new NoOtherSubstitutions()));
    } catch (ConfigException e) {
      problems.add(e.getMessage());
      return defaults;
    }
  }

  /** Asked for what no setting gives. */
  private static final class NoOtherSubstitutions implements ConfigResolver {
    @Override
    public ConfigValue lookup(String path) {
      throw new ConfigException.Generic(
          "${%s}: found no such setting, expected one; variables of the environment are not read"
              .formatted(path));
    }

    @Override
    public ConfigResolver withFallback(ConfigResolver fallback) {
      return this;
    }
  }

  /** One problem for each leaf that no default has, with the nearest key that exists. */
  private static List<String> unknownKeys(Config merged, Config defaults) {
    TreeSet<String> known = new TreeSet<>();
    defaults.entrySet().forEach(entry -> known.add(entry.getKey()));
    TreeSet<String> found = new TreeSet<>();
    merged.entrySet().forEach(entry -> found.add(entry.getKey()));
    List<String> problems = new ArrayList<>();
    for (String key : found) {
      if (!known.contains(key)) {
        String told = StringUtils.abbreviate(key, LONGEST_KEY);
        problems.add(
            problems.size() < MOST_TOLD
                ? told + ": no such setting, the nearest is " + nearest(told, known)
                : told);
      }
    }
    for (String key : known) {
      if (!merged.hasPath(key)) {
        problems.add(key + ": found no value, expected one. Remove what replaces it");
      }
    }
    return problems;
  }

  private static String nearest(String key, TreeSet<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance.apply(key, candidate)))
        .orElseThrow();
  }
}
