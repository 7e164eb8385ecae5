package io.centroid.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import io.centroid.config.Settings;
import io.centroid.data.DataSetName;
import io.centroid.error.JobException;
import io.centroid.evaluate.Gallery.CalibrationBin;
import io.centroid.evaluate.Metrics;
import io.centroid.json.Json;
import io.centroid.run.Provenance;
import io.centroid.run.RunDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.fs.Path;

/**
 * {@code report.html}: what a run came to, as one file that needs no other and no network. The page
 * is a FreeMarker template, {@code report.ftlh}, which escapes whatever it is given; the charts are
 * Chart.js.
 *
 * @param outcome how the training ended
 * @param metrics of the test split
 * @param history epoch by epoch
 * @param pictures images and calibration
 * @param provenance where the results come from
 * @param settings every setting, as {@code settings.conf} has it
 * @param summary Keras' table of the network
 */
public record RunReport(
    Outcome outcome,
    Metrics metrics,
    List<EpochRecord> history,
    Pictures pictures,
    Provenance provenance,
    String settings,
    String summary) {
  /** Its name in a run's directory. */
  public static final String FILE = "report.html";

  /** Test accuracy that was published for one process and ten epochs, in per cent. */
  private static final String PUBLISHED = "48.64";

  private static final String CHART_LIBRARY = "org.webjars.npm/chart.js";
  private static final int WORST_PAIRS = 5;
  private static final double MILLIS = 1e3;

  /** Reads the small files of a run. */
  @FunctionalInterface
  interface Files {
    /** The text of one file. */
    String read(String name) throws IOException;
  }

  /** A class that is taken for another. */
  public record Pair(int truth, int prediction, long count) {}

  /**
   * Makes the report of a published run from its other files, in the place of one that is there.
   *
   * @throws JobException with category DATA when {@code run} is no published run
   */
  public static Path write(Path run, org.apache.hadoop.conf.Configuration hadoop)
      throws IOException {
    RunReport report;
    try {
      report = of(name -> RunDirectory.read(run, name, hadoop));
    } catch (FileNotFoundException | JsonProcessingException e) {
      throw JobException.data(
          "Cannot report on %s: found %s, expected a run that train published."
              .formatted(run, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
    RunDirectory.put(run, FILE, report.render(), hadoop);
    return new Path(run, FILE);
  }

  /** The report of a run, from its files. */
  static RunReport of(Files files) throws IOException {
    return new RunReport(
        Json.read(files.read("outcome.json"), Outcome.class),
        Json.read(files.read("metrics.json"), Metrics.class),
        List.of(Json.read(files.read("history.json"), EpochRecord[].class)),
        Json.read(files.read("pictures.json"), Pictures.class),
        Json.read(files.read("provenance.json"), Provenance.class),
        files.read("settings.conf"),
        files.read("summary.txt"));
  }

  /** The page. */
  String render() throws IOException {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassForTemplateLoading(RunReport.class, "");
    templates.setDefaultEncoding(StandardCharsets.UTF_8.name());
    templates.setLocale(Locale.US);
    templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    StringWriter page = new StringWriter();
    try {
      templates.getTemplate("report.ftlh").process(model(), page);
    } catch (TemplateException e) {
      throw new IOException(e.getMessageWithoutStackTop(), e);
    }
    return page.toString();
  }

  /** Records as maps: FreeMarker reads records only from a multi-release jar. */
  private Map<String, Object> model() throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("outcome", Json.tree(outcome));
    model.put("metrics", Json.tree(metrics));
    model.put("history", Json.tree(history));
    model.put("gallery", Json.tree(pictures.gallery()));
    model.put("firstLayer", pictures.firstLayer());
    model.put("provenance", Json.tree(provenance));
    model.put("settings", settings);
    model.put("summary", summary);
    model.put("standIn", !metrics.dataset().equals(DataSetName.CIFAR_10.title()));
    model.put("published", PUBLISHED);
    model.put("worstPairs", Json.tree(worstPairs()));
    model.put("changed", changed());
    TimeBreakdown.of(history)
        .ifPresent(
            time -> {
              model.put("time", Json.tree(time));
              model.put("computeShare", time.computeShare());
            });
    model.put("figures", Json.write(figures()).replace("<", "\\u003c"));
    model.put("chartLibrary", chartLibrary());
    return model;
  }

  private List<Pair> worstPairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int truth = 0; truth < metrics.confusion().size(); truth++) {
      List<Long> row = metrics.confusion().get(truth);
      for (int prediction = 0; prediction < row.size(); prediction++) {
        if (prediction != truth) {
          pairs.add(new Pair(truth, prediction, row.get(prediction)));
        }
      }
    }
    return pairs.stream()
        .sorted(Comparator.comparingLong(Pair::count).reversed())
        .limit(WORST_PAIRS)
        .toList();
  }

  private List<String> changed() {
    Set<String> defaults = Set.copyOf(Settings.defaults().render().lines().toList());
    return settings.lines().filter(line -> !defaults.contains(line)).toList();
  }

  private Map<String, Object> figures() {
    Map<String, Object> figures = new HashMap<>();
    figures.put("epochs", history.stream().map(EpochRecord::epoch).toList());
    figures.put("best", outcome.bestEpoch());
    figures.put("trainingLoss", history.stream().map(EpochRecord::trainingLoss).toList());
    boolean validated = history.get(0).validationAccuracy() != null;
    figures.put(
        "validationLoss",
        validated ? history.stream().map(EpochRecord::validationLoss).toList() : List.of());
    figures.put(
        "validationAccuracy",
        validated
            ? history.stream().map(epoch -> 100 * epoch.validationAccuracy()).toList()
            : List.of());
    figures.put(
        "reliability",
        pictures.gallery().calibration().stream()
            .filter(bin -> bin.examples() > 0)
            .map(RunReport::point)
            .toList());
    figures.put(
        "rounds",
        Map.of(
            "compute", meanMillis(RoundTiming::compute),
            "broadcast", meanMillis(RoundTiming::broadcast),
            "collect", meanMillis(RoundTiming::collect),
            "average", meanMillis(RoundTiming::average)));
    return figures;
  }

  private static Map<String, Double> point(CalibrationBin bin) {
    return Map.of("x", bin.probability(), "y", bin.accuracy());
  }

  private List<Double> meanMillis(ToDoubleFunction<RoundTiming> part) {
    return history.stream()
        .map(epoch -> MILLIS * epoch.rounds().stream().mapToDouble(part).average().orElse(0))
        .toList();
  }

  /** The library as its WebJar has it; the version is the one that Maven resolved. */
  private static String chartLibrary() throws IOException {
    Properties coordinates = new Properties();
    try (InputStream in = resource("/META-INF/maven/" + CHART_LIBRARY + "/pom.properties")) {
      coordinates.load(in);
    }
    String file =
        "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.js"
            .formatted(coordinates.getProperty("version"));
    try (InputStream in = resource(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = RunReport.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("Cannot find resource " + name + ".");
    }
    return in;
  }
}
