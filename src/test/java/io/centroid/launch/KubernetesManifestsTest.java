package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.centroid.cli.Centroid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
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
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @ParameterizedTest
  @ValueSource(strings = {"cron-job", "spark-application", "scheduled-spark-application"})
  void aManifestHasOnlyFieldsThatThereAre(String name) throws IOException {
    JsonSchema schema = schema(name);
    JsonNode manifest = manifest(name);
    assertThat(schema.validate(manifest)).isEmpty();
    assertEveryMisspeltFieldIsFound(schema, manifest, manifest);
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
    String jar = "target/centroid-%s-job.jar".formatted(between(pom, "  <version>", "</version>"));
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
        .contains("FROM spark:" + spark + "-scala2.12-java17-ubuntu")
        .contains("COPY --chown=root:root " + jar + " /opt/centroid/target/")
        .contains("RUN ln -s " + jar + " " + inImage)
        .contains("OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1")
        .endsWith("USER 185\n");
    try (Stream<String> lines = dockerfile.lines()) {
      assertThat(
              lines
                  .filter(line -> line.startsWith("COPY"))
                  .map(line -> line.split(" ")[2])
                  .filter(source -> !source.equals(jar)))
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
