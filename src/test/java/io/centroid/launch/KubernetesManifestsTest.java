package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.centroid.CommandLineRun;
import io.centroid.cli.Centroid;
import io.centroid.config.Settings;
import io.centroid.error.FailureCategory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimVolumeSource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files of submit/kubernetes, against schemas of the fields of the Kubernetes API and of the
 * Spark operator's API that they use, and against the rest of the repository.
 */
final class KubernetesManifestsTest {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  /** Objects whose keys are free. */
  private static final Set<String> MAPS = Set.of("nodeSelector", "requests", "limits");

  /** Fields that may be texts and numbers. */
  private static final Set<String> QUANTITIES = Set.of("sizeLimit");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @ParameterizedTest
  @ValueSource(strings = {"cron-job", "spark-application", "scheduled-spark-application"})
  void aManifestHasOnlyFieldsThatThereAre(String name) throws IOException {
    JsonSchema schema = schema(name);
    JsonNode manifest = manifest(name);
    assertThat(schema.validate(manifest)).isEmpty();
    assertEveryMisspeltFieldIsFound(schema, manifest, manifest);
    assertEveryWrongTypeIsFound(schema, manifest, manifest);
  }

  /** Renames each field in turn, but for names of properties, which are free. */
  private static void assertEveryMisspeltFieldIsFound(
      JsonSchema schema, JsonNode manifest, JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : Set.copyOf(object.properties())) {
        object.remove(field.getKey());
        object.set("x" + field.getKey(), field.getValue());
        assertThat(schema.validate(manifest)).as("x%s", field.getKey()).isNotEmpty();
        object.remove("x" + field.getKey());
        object.set(field.getKey(), field.getValue());
      }
    }
    node.forEach(child -> assertEveryMisspeltFieldIsFound(schema, manifest, child));
  }

  /** A 1 for each text, which is what YAML makes of one without quotes; a text for all else. */
  private static void assertEveryWrongTypeIsFound(
      JsonSchema schema, JsonNode manifest, JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : Set.copyOf(object.properties())) {
        JsonNode value = field.getValue(); // the entry changes with the object
        object.set(field.getKey(), wrong(value));
        assertThat(schema.validate(manifest)).as(field.getKey()).isNotEmpty();
        object.set(field.getKey(), value);
      }
    }
    node.forEach(child -> assertEveryWrongTypeIsFound(schema, manifest, child));
  }

  private static JsonNode wrong(JsonNode value) {
    return value.isTextual() ? IntNode.valueOf(1) : TextNode.valueOf("text");
  }

  /** The schemas are ours; the types are generated from Kubernetes' API. */
  @ParameterizedTest
  @ValueSource(strings = {"cron-job", "setup"})
  void whatIsKubernetesOwnFitsItsTypes(String name) throws IOException {
    for (Manifest manifest : resources(name)) {
      assertThat(manifest.read()).as(manifest.source()).isNotNull();
      assertEveryMistakeIsFound(manifest, manifest.tree());
      assertThat(manifest.read()).as(manifest.source()).isNotNull();
    }
  }

  private static void assertEveryMistakeIsFound(Manifest manifest, JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : Set.copyOf(object.properties())) {
        String name = field.getKey();
        JsonNode value = field.getValue(); // the entry changes with the object
        if (!QUANTITIES.contains(name)) {
          object.set(name, wrong(value));
          assertRefused(manifest, name);
        }
        object.remove(name);
        object.set("x" + name, value);
        assertRefused(manifest, "x" + name);
        object.remove("x" + name);
        object.set(name, value);
        if (!MAPS.contains(name)) {
          assertEveryMistakeIsFound(manifest, value);
        }
      }
    } else {
      node.forEach(child -> assertEveryMistakeIsFound(manifest, child));
    }
  }

  private static void assertRefused(Manifest manifest, String field) {
    assertThatThrownBy(manifest::read, "%s: %s", manifest, field)
        .isInstanceOfAny(MismatchedInputException.class, IllegalArgumentException.class);
  }

  @Test
  void theExitCodeDecidesWhetherAPodIsTriedAgain() throws IOException {
    JobSpec job = cronJob().getSpec().getJobTemplate().getSpec();
    Map<Integer, String> actions = new TreeMap<>();
    for (PodFailurePolicyRule rule : job.getPodFailurePolicy().getRules()) {
      if (rule.getOnExitCodes() == null) {
        assertThat(rule.getAction()).isEqualTo("Ignore");
        assertThat(rule.getOnPodConditions())
            .singleElement()
            .extracting(PodFailurePolicyOnPodConditionsPattern::getType)
            .isEqualTo("DisruptionTarget");
      } else {
        assertThat(rule.getOnExitCodes().getOperator()).isEqualTo("In");
        assertThat(rule.getOnExitCodes().getContainerName()).isEqualTo(container().getName());
        rule.getOnExitCodes()
            .getValues()
            .forEach(code -> actions.putIfAbsent(code, rule.getAction()));
      }
    }
    // 1, 6, 8 and killed pods are tried again up to the limit
    assertThat(actions)
        .isEqualTo(
            Map.of(
                FailureCategory.SETTINGS.exitCode(), "FailJob",
                FailureCategory.DATA.exitCode(), "FailJob",
                FailureCategory.DIVERGED.exitCode(), "FailJob",
                FailureCategory.BLOCKED.exitCode(), "FailJob",
                FailureCategory.INTERRUPTED.exitCode(), "Ignore"));
    assertThat(pod().getRestartPolicy()).isEqualTo("Never"); // or the policy may not be used
    // 10 seconds, doubled each time: more than the minute after which a lock can be taken over
    assertThat(10 * ((1 << job.getBackoffLimit()) - 1)).isGreaterThan(120);
    // The operator does not look at exit codes.
    assertThat(training().at("/restartPolicy/type").asText()).isEqualTo("Never");
    assertThat(pod().getTerminationGracePeriodSeconds())
        .isEqualTo(training().at("/driver/terminationGracePeriodSeconds").asLong())
        .isEqualTo(300);
  }

  /** What Kubernetes' pod security standard "restricted" asks, and the user of the image. */
  @Test
  void nothingRunsAsRoot() throws IOException {
    assertThat(pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(container().getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    JsonNode cronJob = manifest("cron-job").at("/spec/jobTemplate/spec/template/spec");
    restricted(cronJob.get("securityContext"), cronJob.at("/containers/0/securityContext"));
    for (String who : List.of("driver", "executor")) {
      JsonNode spec = training().get(who);
      restricted(spec.get("podSecurityContext"), spec.get("securityContext"));
    }
  }

  private static void restricted(JsonNode pod, JsonNode container) {
    assertThat(pod.get("runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.get("runAsUser").asInt()).isEqualTo(185);
    assertThat(pod.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(container.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/capabilities/drop")).hasToString("[\"ALL\"]");
  }

  /** Heap, its share of native memory, and a process of 256 MB of heap that starts the steps. */
  @Test
  void thePipelineHasItsMemoryAndASlotForEachWorker() throws IOException {
    BigDecimal factor =
        new BigDecimal(training().at("/sparkConf/spark.driver.memoryOverheadFactor").asText());
    BigDecimal heap = bytes(option("--driver-memory").replace("g", "Gi"));
    Map<String, Quantity> limits = container().getResources().getLimits();
    assertThat(container().getResources().getRequests()).isEqualTo(limits);
    assertThat(limits.get("memory").getNumericalAmount())
        .isGreaterThanOrEqualTo(heap.multiply(BigDecimal.ONE.add(factor)).add(bytes("512Mi")));
    int workers = workers(container().getArgs());
    assertThat(option("--master")).isEqualTo("local[" + workers + "]");
    assertThat(limits.get("cpu").getNumericalAmount()).isEqualByComparingTo("" + workers);
    assertThat(environment(container()))
        .containsEntry("OMP_NUM_THREADS", "1")
        .containsEntry("OPENBLAS_NUM_THREADS", "1")
        .containsEntry("LC_ALL", "C.UTF-8");
    JsonNode executor = training().get("executor");
    assertThat(executor.get("instances").asInt() * executor.get("cores").asInt())
        .isEqualTo(workers(arguments()));
  }

  /** An option that there is not is all that the program has to say against them. */
  @Test
  void theProgramUnderstandsItsArguments() throws IOException {
    understood(arguments());
    List<String> words = container().getArgs();
    List<String> program =
        new ArrayList<>(List.of("pipeline", "--launcher", "centroid.sh", "--stamp", "now"));
    for (int i = 0; i < words.size(); i += 2) {
      if (!List.of("--master", "--driver-memory").contains(words.get(i))) {
        program.addAll(words.subList(i, i + 2));
      }
    }
    understood(program);
  }

  private static void understood(List<String> arguments) {
    CommandLineRun run =
        CommandLineRun.of(
            Stream.concat(arguments.stream(), Stream.of("--made-up")).toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("centroid: Unknown option: '--made-up'\n");
  }

  @Test
  void theSetupHasWhatTheOthersName() throws IOException {
    Map<String, String> setup = new TreeMap<>();
    for (Manifest resource : resources("setup")) {
      setup.put(
          resource.tree().get("kind").asText(), resource.tree().at("/metadata/name").asText());
    }
    for (String name : List.of("cron-job", "spark-application", "scheduled-spark-application")) {
      assertThat(manifest(name).at("/metadata/namespace").asText())
          .isEqualTo(setup.get("Namespace"));
    }
    assertThat(training().at("/driver/serviceAccount").asText())
        .isEqualTo(setup.get("ServiceAccount"));
    assertThat(pod().getVolumes().stream().map(Volume::getPersistentVolumeClaim))
        .filteredOn(Objects::nonNull)
        .singleElement()
        .extracting(PersistentVolumeClaimVolumeSource::getClaimName)
        .isEqualTo(setup.get("PersistentVolumeClaim"));
    assertThat(container().getVolumeMounts().stream().map(VolumeMount::getName))
        .containsExactlyElementsOf(pod().getVolumes().stream().map(Volume::getName).toList());
    assertThat(container().getVolumeMounts().get(0).getMountPath())
        .isEqualTo(container().getWorkingDir());
    String conf = environment(container()).get("SPARK_CONF_DIR").replace("/opt/centroid/", "");
    assertThat(HOME.resolve(conf)).isDirectoryContaining("glob:**/log4j2.properties");
  }

  @Test
  void onlyWhatTheImageCopiesIsSentToItsBuilder() throws IOException {
    Path directory = HOME.resolve("submit/kubernetes");
    try (Stream<String> ignored = Files.lines(directory.resolve("Dockerfile.dockerignore"));
        Stream<String> image = Files.lines(directory.resolve("Dockerfile"))) {
      List<String> sources =
          image
              .filter(line -> line.startsWith("COPY"))
              .map(line -> line.split(" ")[2])
              .flatMap(
                  source ->
                      source.equals("$TARGET/$JAR")
                          ? Stream.of("target", "target/spark-4")
                              .map(target -> target + "/centroid-1-job.jar")
                          : Stream.of(source))
              .toList();
      List<String> lines = ignored.filter(line -> !line.startsWith("#")).toList();
      assertThat(lines).startsWith("**").hasSize(1 + sources.size());
      for (String source : sources) {
        assertThat(lines.stream().skip(1).map(line -> line.substring(1)))
            .anyMatch(line -> glob(line).matches(Path.of(source)));
      }
    }
  }

  private static PathMatcher glob(String pattern) {
    return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
  }

  @Test
  void propertiesAreThoseOfSparkDefaults() throws IOException {
    Properties defaults = new Properties();
    try (InputStream in = Files.newInputStream(HOME.resolve("conf/spark-defaults.conf"))) {
      defaults.load(in);
    }
    JsonNode properties = training().required("sparkConf");
    for (String name : defaults.stringPropertyNames()) {
      assertThat(properties.path(name).asText()).as(name).isEqualTo(defaults.getProperty(name));
    }
    Set<String> more = new HashSet<>();
    properties.fieldNames().forEachRemaining(more::add);
    more.removeAll(defaults.stringPropertyNames());
    assertThat(more).containsExactly("spark.jars.ivy");
  }

  @Test
  void theSameTrainingOnceAndEveryNight() throws IOException {
    assertThat(manifest("scheduled-spark-application").required("spec").required("template"))
        .isEqualTo(training());
  }

  @Test
  void classVersionsAndPlacesAreTheBuilds() throws IOException {
    String pom = Files.readString(HOME.resolve("pom.xml"));
    String jar =
        "centroid-%s-spark-3.5_2.12-job.jar".formatted(between(pom, "  <version>", "</version>"));
    String spark = between(pom, "<spark.version>", "</spark.version>");
    String hadoop = between(pom, "<hadoop.version>", "</hadoop.version>");
    JsonNode training = training();
    assertThat(training.required("mainClass").asText()).isEqualTo(Centroid.class.getName());
    assertThat(training.required("sparkVersion").asText()).isEqualTo(spark);
    assertThat(training.at("/deps/packages/0").asText())
        .isEqualTo("org.apache.hadoop:hadoop-aws:" + hadoop);

    String dockerfile = Files.readString(HOME.resolve("submit/kubernetes/Dockerfile"));
    String inImage = training.required("mainApplicationFile").asText().replace("local://", "");
    assertThat(dockerfile)
        .contains("ARG SPARK=" + spark + "-scala2.12-java17-ubuntu\nFROM apache/spark:$SPARK\n")
        .contains("ARG TARGET=target\nARG JAR=" + jar + "\n")
        .contains("COPY --chown=root:root $TARGET/$JAR /opt/centroid/$TARGET/")
        .contains("RUN ln -s $TARGET/$JAR " + inImage)
        .contains("--build-arg JAR=" + jar.replace("3.5_2.12", "4_2.13"))
        .contains("OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1")
        .endsWith("USER 185\n");
    try (Stream<String> lines = dockerfile.lines()) {
      assertThat(
              lines
                  .filter(line -> line.startsWith("COPY"))
                  .map(line -> line.split(" ")[2])
                  .filter(source -> !source.equals("$TARGET/$JAR")))
          .allMatch(source -> Files.isDirectory(HOME.resolve(source)));
    }
    JsonNode container =
        manifest("cron-job").at("/spec/jobTemplate/spec/template/spec/containers/0");
    String script = container.required("command").required(0).asText();
    assertThat(HOME.resolve(script.replace("/opt/centroid/", ""))).isExecutable();
    assertThat(container.required("image")).isEqualTo(training.required("image"));
  }

  private static JsonNode training() throws IOException {
    return manifest("spark-application").required("spec");
  }

  private static JsonNode manifest(String name) throws IOException {
    return YAML.readTree(HOME.resolve("submit/kubernetes/" + name + ".yaml").toFile());
  }

  private static List<Manifest> resources(String name) throws IOException {
    return Manifest.in(HOME.resolve("submit/kubernetes/" + name + ".yaml"));
  }

  private static CronJob cronJob() throws IOException {
    return (CronJob) resources("cron-job").get(0).read();
  }

  private static PodSpec pod() throws IOException {
    return cronJob().getSpec().getJobTemplate().getSpec().getTemplate().getSpec();
  }

  private static Container container() throws IOException {
    return pod().getContainers().get(0);
  }

  /** The value of an option of the pipeline. */
  private static String option(String name) throws IOException {
    List<String> words = container().getArgs();
    return words.get(words.indexOf(name) + 1);
  }

  /** The arguments of the training. */
  private static List<String> arguments() throws IOException {
    List<String> words = new ArrayList<>();
    training().get("arguments").forEach(word -> words.add(word.asText()));
    return words;
  }

  private static int workers(List<String> arguments) {
    List<String> assignments = new ArrayList<>();
    for (int i = 0; i < arguments.size() - 1; i++) {
      if (arguments.get(i).equals("--set")) {
        assignments.add(arguments.get(i + 1));
      }
    }
    return Settings.load(List.of(), assignments).training().workers();
  }

  private static Map<String, String> environment(Container container) {
    return container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  private static BigDecimal bytes(String quantity) {
    return Quantity.parse(quantity).getNumericalAmount();
  }

  private static JsonSchema schema(String name) {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(
            KubernetesManifestsTest.class.getResourceAsStream(
                "/io/centroid/launch/" + name + ".schema.json"));
  }

  private static String between(String text, String before, String after) {
    int begin = text.indexOf(before) + before.length();
    return text.substring(begin, text.indexOf(after, begin));
  }
}
