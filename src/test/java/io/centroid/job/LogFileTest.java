package io.centroid.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.OwnJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/log4j2.properties}, in a JVM of its own. */
final class LogFileTest {
  private static final Path CONFIGURATION =
      Path.of(System.getProperty("centroid.home", "."), "conf/log4j2.properties").toAbsolutePath();

  @TempDir private Path directory;

  /** Logs much, and secrets last. */
  public static final class Talker {
    private Talker() {}

    /** Does that. */
    public static void main(String[] arguments) {
      Logger log = LogManager.getLogger("talker");
      for (int i = 0; i < 2000; i++) {
        log.info("line {} of many, which say little", i);
      }
      log.info(
          "spark.hadoop.fs.s3a.secret.key=hidden1 https://me:hidden2@host/x \u0131\u015f\u0131k");
      log.warn("it failed", new IllegalStateException("x.password=hidden3"));
      System.out.println(LogFile.name().orElse("nothing"));
    }
  }

  @Test
  void rotatesAndHasNoSecrets() throws Exception {
    Path log = directory.resolve("logs/a b.log");
    Path output = directory.resolve("out");
    ProcessBuilder builder =
        OwnJvm.of(
                Talker.class,
                Map.of("log4j2.configurationFile", CONFIGURATION.toString()),
                List.of())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("CENTROID_LOG", log.toString());
    builder.environment().put("CENTROID_LOG_SIZE", "10 KB");
    builder.environment().put("LC_ALL", "POSIX");
    assertThat(builder.start().waitFor()).as(Files.readString(output)).isZero();
    assertThat(output).hasContent(log.toString());
    try (Stream<Path> files = Files.list(log.getParent())) {
      assertThat(files)
          .hasSize(5)
          .allSatisfy(file -> assertThat(Files.size(file)).isLessThan(12 * 1024));
    }
    assertThat(Files.readString(log))
        .contains(
            "secret.key=*********(redacted) https://*********(redacted)@host/x \u0131\u015f\u0131k\n")
        .containsOnlyOnce("java.lang.IllegalStateException: x.password=*********(redacted)")
        .contains("Talker.main")
        .doesNotContain("hidden");
  }
}
