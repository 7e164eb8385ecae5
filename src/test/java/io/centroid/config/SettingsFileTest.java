package io.centroid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.centroid.OwnJvm;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings files from anybody: what they may include, and what they cannot do. */
final class SettingsFileTest {
  @TempDir private Path directory;

  @Test
  void aFileBesideOrBelowIsIncluded() throws IOException {
    write("shared/common.conf", "training { epochs = 3, seed = 4 }\ninclude \"more.conf\"");
    write("shared/more.conf", "training.workers = 7");
    write("fast.json", "{\"averaging\": {\"frequency\": 9}}");
    Settings settings =
        load(
            """
            include "shared/common.conf"
            include file("fast.json")
            include required("shared/more")
            training.seed = ${training.epochs}
            """);
    assertThat(settings.training().epochs()).isEqualTo(3);
    assertThat(settings.training().workers()).isEqualTo(7);
    assertThat(settings.averaging().frequency()).isEqualTo(9);
    assertThat(settings.training().seed()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"../outside.conf\"",
        "include file(\"%s/../outside.conf\")",
        "include required(file(\"../outside.conf\"))",
        "include \"/etc/hostname\"",
        "include \"link.conf\"",
        "include \"missing.conf\"",
        "include \"common\\u0000.conf\"",
        "training { include \"../outside.conf\" }",
        "include classpath(\"io/centroid/config/defaults.conf\")",
        "include \"io/centroid/config/defaults.conf\"",
        "include url(\"file:///etc/hostname\")",
        "include \"https://127.0.0.1:1/x.conf\"",
        "include \"/dev/zero\"",
        "include \".\"",
      })
  void nothingElseIs(String include) throws IOException {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.writeString(directory.resolve("outside.conf"), "training.epochs = 3");
    Files.createSymbolicLink(inner.resolve("link.conf"), Path.of("..", "outside.conf"));
    Path file = Files.writeString(inner.resolve("a.conf"), include.formatted(inner));
    assertRefused(List.of(file), List.of(), "Cannot use settings: --conf " + file + ": ");
  }

  @Test
  void nothingIsFetched() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          byte[] text = "training.epochs = 3".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:%d/x.conf".formatted(server.getAddress().getPort());
      new URL(url).openStream().close();
      for (String include :
          List.of("include url(\"%s\")", "include \"%s\"", "include required(url(\"%s\"))")) {
        Path file = write("a.conf", include.formatted(url));
        assertRefused(List.of(file), List.of(), "found an include of ");
        assertRefused(List.of(), List.of("a=1\n" + include.formatted(url)), "found an include of ");
      }
      assertThat(requests).hasValue(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void circlesAndTreesOfIncludesEnd() throws IOException {
    write("b.conf", "include \"a.conf\"");
    Path circle = write("a.conf", "include \"b.conf\"");
    assertRefused(List.of(circle), List.of(), "by itself");
    for (int level = 0; level < 30; level++) {
      String next = "include \"t%d.conf\"\n".formatted(level + 1);
      write("t%d.conf".formatted(level), next + next);
    }
    write("t30.conf", "");
    Path tree = directory.resolve("t0.conf");
    assertRefused(List.of(tree), List.of(), "expected at most 100 includes");
  }

  @Test
  void sizesAndDepthsAreBounded() throws IOException {
    assertRefused(
        List.of(write("long.conf", "# " + "x".repeat(1 << 20))),
        List.of(),
        "found more than 1,048,576 bytes, expected a HOCON file");
    assertRefused(List.of(Path.of("/dev/zero")), List.of(), "found more than 1,048,576 bytes");
    assertRefused(List.of(directory), List.of(), "found no readable file, expected a HOCON file");
    for (String nested : List.of("{a:", "[", "a.")) {
      Path deep = write("deep.conf", "training.epochs = " + nested.repeat(200_000));
      assertRefused(List.of(deep), List.of(), "Cannot use settings: ");
      assertRefused(
          List.of(write("deep.conf", nested.equals("a.") ? "a.".repeat(200_000) + "b=1" : "a=1}")),
          List.of(),
          "Cannot use settings: ");
    }
  }

  @Test
  void oneLineHasTheFirstOfManyProblems() throws IOException {
    String keys =
        IntStream.range(0, 50_000)
            .mapToObj("unknown-%d = 1"::formatted)
            .collect(Collectors.joining("\n"));
    assertThatThrownBy(() -> load(keys + "\n" + "y".repeat(10_000) + " = 2"))
        .isInstanceOf(JobException.class)
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(5000))
        .hasMessageEndingWith("; and 49,981 more.");
  }

  /** In a JVM with little memory, which this one would have to fill first. */
  @Test
  void valuesThatMultiplyEnd() throws Exception {
    String doubled =
        IntStream.range(0, 40)
            .mapToObj(i -> "network.name = ${network.name}${network.name}")
            .collect(Collectors.joining("\n"));
    Path file = write("bomb.conf", "network.name = 0123456789\n" + doubled);
    Process process =
        OwnJvm.of(LoadSettings.class, Map.of(), List.of(file.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(FailureCategory.SETTINGS.exitCode());
    assertThat(said)
        .contains("Cannot use settings: found values that are nested or repeated")
        .hasLineCount(1);
  }

  /** Loads a settings file, and ends with the exit code of its failure. */
  static final class LoadSettings {
    private LoadSettings() {}

    public static void main(String[] arguments) {
      try {
        Settings.load(List.of(Path.of(arguments[0])), List.of());
      } catch (JobException e) {
        System.out.println(e.getMessage());
        System.exit(e.category().exitCode());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"${HOME}", "${?HOME}", "${?NO_SUCH_VARIABLE}", "${user.name}"})
  void theEnvironmentIsNotRead(String substitution) {
    assertRefused(
        List.of(), List.of("network.name=" + substitution), "variables of the environment are not");
  }

  /** Those of {@code ConfigFactory.load}, which other programs take settings from. */
  @Test
  void systemPropertiesAreNotRead() throws IOException {
    Path other = write("other.conf", "training.epochs = 77");
    Map<String, String> properties =
        Map.of("training.epochs", "77", "config.file", other.toString(), "config.trace", "loads");
    try {
      properties.forEach(System::setProperty);
      com.typesafe.config.ConfigFactory.invalidateCaches();
      assertThat(Settings.defaults().training().epochs()).isEqualTo(10);
      assertThat(load("").training().epochs()).isEqualTo(10);
    } finally {
      properties.keySet().forEach(System::clearProperty);
      com.typesafe.config.ConfigFactory.invalidateCaches();
    }
  }

  @Test
  void otherJarsAddNothingToTheDefaults() throws Exception {
    for (String name : List.of("reference.conf", "application.conf", "defaults.conf")) {
      write(name, "training.epochs = 77\nforeign.key = 1");
    }
    List<URL> urls = new ArrayList<>(List.of(directory.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThat(loader.getResource("reference.conf").getPath()).startsWith(directory.toString());
      Class<?> settings = loader.loadClass(Settings.class.getName());
      Object defaults = settings.getMethod("defaults").invoke(null);
      assertThat(settings.getMethod("render").invoke(defaults))
          .isEqualTo(Settings.defaults().render());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "training.seed=1.5",
        "training.seed=1e30",
        "training.seed=9223372036854775808",
        "training.seed=many",
        "training.epochs=1e10",
        "training.epochs=4294967297",
        "training.epochs=NaN",
        "training.learning-rate=NaN",
        "training.learning-rate=1e400",
        "training.learning-rate=Infinity",
        "network.hidden-widths=[1e10]",
        "network.hidden-widths=[1.5]",
        "training.epochs=null",
        "training.epochs=[1]",
        "training.epochs={a=1}",
        "training=[]",
        "network.name=[]",
      })
  void numbersAreNeitherCutNorWrapped(String assignment) {
    assertRefused(List.of(), List.of(assignment), "Cannot use settings: ");
  }

  private Settings load(String text) throws IOException {
    return Settings.load(List.of(write("settings.conf", text)), List.of());
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static void assertRefused(List<Path> files, List<String> assignments, String message) {
    assertThatThrownBy(() -> Settings.load(files, assignments))
        .isInstanceOfSatisfying(
            JobException.class,
            e -> {
              assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS);
              assertThat(e.getMessage()).doesNotContain("\n");
            })
        .hasMessageContaining(message);
  }
}
