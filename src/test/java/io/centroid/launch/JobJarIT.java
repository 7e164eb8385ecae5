package io.centroid.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.Built;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the jars of the build hold, and whether the job jar says of whom it is. */
final class JobJarIT {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();

  /** A line of NOTICE: an artifact and its licence. */
  private static final Pattern LISTED =
      Pattern.compile(" {2}(?<artifact>[\\w.-]+:[\\w.-]+) +(?<licence>[\\w.-]+)");

  private static final Pattern POM_PROPERTIES =
      Pattern.compile("META-INF/maven/(?<group>[^/]+)/(?<artifact>[^/]+)/pom\\.properties");

  /** Licences whose texts are elsewhere: in LICENSE, and where NOTICE says. */
  private static final Set<String> TEXT_ELSEWHERE = Set.of("Apache-2.0", "EPL-1.0");

  private static JarFile job;
  private static Set<String> entries;

  @BeforeAll
  static void open() throws IOException {
    job = new JarFile(jar("job").toFile());
    entries = names(job);
  }

  @AfterAll
  static void close() throws IOException {
    job.close();
  }

  @Test
  void theJobJarHoldsNoBenchmarkAndTheBenchmarksJarNothingElse() throws IOException {
    assertThat(entries)
        .contains("io/centroid/cli/Centroid.class")
        .noneMatch(name -> name.startsWith("io/centroid/benchmark/"))
        .noneMatch(name -> name.startsWith("org/openjdk/jmh/") || name.startsWith("org/junit/"));
    try (JarFile benchmark = new JarFile(jar("benchmark").toFile())) {
      assertThat(names(benchmark))
          .contains("io/centroid/benchmark/Benchmark.class", "io/centroid/benchmark/torch_step.py")
          .filteredOn(name -> !name.endsWith("/") && !name.startsWith("META-INF/"))
          .allMatch(name -> name.startsWith("io/centroid/benchmark/"));
    }
  }

  @Test
  void theLicenceAndTheNoticeAreCentroids() throws IOException {
    assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(HOME.resolve("LICENSE")));
    assertThat(text("META-INF/NOTICE")).isEqualTo(Files.readString(HOME.resolve("NOTICE")));
  }

  /** Many artifacts say who they are, and what was put into them before. */
  @Test
  void theNoticeNamesWhatTheJarSaysIsInIt() throws IOException {
    assertThat(ownNames()).hasSizeGreaterThan(40);
    assertThat(listed().keySet()).containsAll(ownNames());
  }

  /** Maven says of all. */
  @Test
  void theNoticeNamesEveryArtifactAndNoOther() throws IOException {
    Set<String> bundled = ownNames();
    for (JsonNode component : billOfMaterials().required("components")) {
      String group = component.required("group").asText();
      bundled.add(group + ":" + component.required("name").asText());
      assertThat(group)
          .isNotIn("org.apache.spark", "org.apache.hadoop", "org.junit.jupiter", "org.openjdk.jmh");
    }
    assertThat(bundled)
        .contains("org.nd4j:nd4j-native", "com.typesafe:config", "info.picocli:picocli");
    assertThat(listed().keySet()).containsExactlyElementsOf(bundled);
  }

  /** What artifacts say is inside of them, which Maven does not know. */
  @Test
  void theSecondBillOfMaterialsNamesWhatIsInsideOfArtifacts() throws IOException {
    Map<String, String> versions = versions();
    Map<String, String> inside = new TreeMap<>();
    JsonNode bill = new ObjectMapper().readTree(text("META-INF/sbom/shaded.cdx.json"));
    for (JsonNode artifact : bill.required("components")) {
      assertThat(versions).containsAllEntriesOf(version(artifact));
      for (JsonNode component : artifact.required("components")) {
        inside.putAll(version(component));
      }
    }
    assertThat(versions).containsAllEntriesOf(inside);
    List<String> notice = text("META-INF/NOTICE").lines().toList();
    int from = notice.indexOf("In ND4J's guava, jackson and protobuf") + 1;
    assertThat(notice.subList(from, notice.subList(from, notice.size()).indexOf("") + from))
        .map(line -> line.strip().split(" ")[0])
        .containsExactlyInAnyOrderElementsOf(inside.keySet());
  }

  @Test
  void thePageOfVulnerabilitiesIsOfTheVersionsInTheJar() throws IOException {
    Map<String, String> told = new TreeMap<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `(?<artifact>[\\w.-]+:[\\w.-]+)` (?<version>\\S+?),? ")
            .matcher(Files.readString(HOME.resolve("docs/security.md")));
    while (row.find()) {
      told.put(row.group("artifact"), row.group("version"));
    }
    assertThat(told).hasSizeGreaterThan(8);
    assertThat(versions()).containsAllEntriesOf(told);
  }

  private static Map<String, String> version(JsonNode component) {
    return Map.of(
        component.required("group").asText() + ":" + component.required("name").asText(),
        component.required("version").asText());
  }

  /** Of every artifact that says who it is. */
  private static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    for (String entry : entries) {
      Matcher name = POM_PROPERTIES.matcher(entry);
      if (name.matches()) {
        Properties properties = new Properties();
        properties.load(new StringReader(text(entry)));
        versions.put(
            name.group("group") + ":" + name.group("artifact"), properties.getProperty("version"));
      }
    }
    return versions;
  }

  private static Set<String> ownNames() {
    Set<String> names = new TreeSet<>();
    for (String entry : entries) {
      Matcher properties = POM_PROPERTIES.matcher(entry);
      if (properties.matches()) {
        names.add(properties.group("group") + ":" + properties.group("artifact"));
      }
    }
    names.remove("io.centroid:centroid");
    return names;
  }

  /** In a file of the licence, or in the directory of what came with the artifact. */
  @Test
  void everyLicenceHasItsText() throws IOException {
    Map<String, String> listed = listed();
    assertThat(listed.values()).contains("Apache-2.0", "BSD-3-Clause", "MIT");
    assertThat(listed)
        .allSatisfy(
            (artifact, licence) ->
                assertThat(
                        TEXT_ELSEWHERE.contains(licence)
                            || entries.contains("META-INF/licenses/" + licence + ".txt"))
                    .as("%s of %s", licence, artifact)
                    .isTrue());
    // What may not be passed on without a notice of its own has one, here or there.
    String texts = text("META-INF/licenses/MIT.txt") + text("META-INF/licenses/BSD-3-Clause.txt");
    assertThat(texts)
        .contains("of progressbar:", "of OpenBLAS:", "of JLine:", "of Protocol Buffers:");
    assertThat(entries)
        .contains(
            "META-INF/licenses/threetenbp/LICENSE.txt",
            "META-INF/licenses/thumbnailator/LICENSE",
            "META-INF/licenses/chart.js/LICENSE.md",
            "META-INF/licenses/jackson/NOTICE",
            "META-INF/licenses/log4j-iostreams/NOTICE",
            "META-INF/licenses/jna/LGPL2.1",
            "META-INF/licenses/GPL-3.0.txt",
            "META-INF/licenses/GCC-exception-3.1.txt");
  }

  /** So that two builds of one commit are the same, to the byte. */
  @Test
  void whatIsCentroidsHasTheTimeThatPomXmlSays() throws IOException {
    String pom = Files.readString(HOME.resolve("pom.xml"));
    Matcher time =
        Pattern.compile("<project.build.outputTimestamp>(.*?)T.*</project.build.outputTimestamp>")
            .matcher(pom);
    assertThat(time.find()).isTrue();
    assertThat(job.stream().filter(entry -> entry.getName().startsWith("io/centroid/")))
        .extracting(entry -> entry.getTimeLocal().toLocalDate().toString())
        .containsOnly(time.group(1));
  }

  private static Map<String, String> listed() throws IOException {
    return text("META-INF/NOTICE")
        .lines()
        .map(LISTED::matcher)
        .filter(Matcher::matches)
        .collect(
            Collectors.toMap(
                line -> line.group("artifact"),
                line -> line.group("licence"),
                (one, other) -> {
                  throw new AssertionError("listed twice");
                },
                TreeMap::new));
  }

  private static JsonNode billOfMaterials() throws IOException {
    if (!entries.contains("META-INF/sbom/centroid.cdx.json")) {
      System.out.println("NOT RUN: the bill of materials is made by a Maven that is online");
      abort("not run, the job jar was built offline");
    }
    return new ObjectMapper().readTree(text("META-INF/sbom/centroid.cdx.json"));
  }

  private static String text(String name) throws IOException {
    JarEntry entry = job.getJarEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (InputStream in = job.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Set<String> names(JarFile jar) {
    return jar.stream().map(JarEntry::getName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Path jar(String kind) throws IOException {
    try (Stream<Path> built = Files.list(Built.TARGET)) {
      List<Path> jars =
          built
              .filter(
                  file -> file.getFileName().toString().matches("centroid-.*-" + kind + "\\.jar"))
              .toList();
      assertThat(jars).as("mvn package makes it").hasSize(1);
      return jars.get(0);
    }
  }
}
