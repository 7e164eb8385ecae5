package io.centroid.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The schedules in {@code submit/schedule}, as far as they can be tried without their schedulers.
 */
final class ScheduleIT {
  private static final Path HOME =
      Path.of(System.getProperty("centroid.home", ".")).toAbsolutePath();
  private static final Path SCHEDULES = HOME.resolve("submit/schedule");
  @TempDir private Path directory;

  /** With nothing in the environment but what cron and the file itself put there. */
  @Test
  void theCrontabsLineRunsAPipeline() throws Exception {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("HOME", directory.toString());
    environment.put("LOGNAME", "centroid");
    String command = "";
    for (String line : Files.readAllLines(SCHEDULES.resolve("centroid.crontab"))) {
      if (line.matches("[A-Z_]+=.*")) {
        environment.put(
            line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
      } else if (line.matches("[0-9*].*")) {
        assertThat(command).as("one line").isEmpty();
        assertThat(line).doesNotContain("%"); // which cron makes a line break
        command = line.split(" +", 6)[5];
      }
    }
    assertThat(environment).containsEntry("SHELL", "/bin/sh").containsKey("PATH");
    // What the operator changes.
    environment.put("CENTROID_HOME", HOME.toString());
    environment.put("CENTROID_WORK", directory.resolve("work").toString());
    environment.put(
        "CENTROID_OPTIONS",
        "--stand-in --driver-memory 1g --set prepare.stand-in.training-images=100"
            + " --set prepare.stand-in.test-images=50 --set prepare.shards=2"
            + " --set training.epochs=1 --set network.hidden-widths=[20]");
    environment.put("SPARK_SUBMIT_OPTS", StandaloneCluster.QUICK_TO_START);
    if (!Files.isExecutable(Path.of("/usr/bin/java"))) { // elsewhere the operator adds it, as here
      environment.put("JAVA_HOME", System.getProperty("java.home"));
    }
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    Path log = directory.resolve("work/cron.log");
    assertThat(exitCode)
        .as(
            Files.readString(directory.resolve("out"))
                + (Files.exists(log) ? Files.readString(log) : ""))
        .isZero();
    assertThat(directory.resolve("out")).isEmptyFile(); // or cron would send mail
    JsonNode outcome =
        new ObjectMapper().readTree(directory.resolve("work/logs/outcome.json").toFile());
    assertThat(outcome.get("status").asText()).isEqualTo("done");
    assertThat(directory.resolve("work/models/cifar-10/versions/1/model.zip")).exists();
  }

  @Test
  void systemdAcceptsItsUnits() throws Exception {
    // systemd looks whether the program is there: at the place where Centroid is now.
    for (String name : new String[] {"centroid.service", "centroid.timer"}) {
      Files.writeString(
          directory.resolve(name),
          Files.readString(SCHEDULES.resolve(name)).replace("/opt/centroid", HOME.toString()));
    }
    String[] command = {"systemd-analyze", "verify", "./centroid.service", "./centroid.timer"};
    ran(command, "");
  }

  @Test
  void airflowsDagIsPython() throws Exception {
    Path dag = Files.copy(SCHEDULES.resolve("centroid_dag.py"), directory.resolve("dag.py"));
    ran(new String[] {"python3", "-m", "py_compile", dag.toString()}, "");
  }

  private void ran(String[] command, String expected) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process;
    try {
      process =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      System.out.println("NOT RUN: " + String.join(" ", command) + ": " + e.getMessage());
      abort("not run, there is no " + command[0]);
      return;
    }
    int exitCode = process.waitFor();
    assertThat(exitCode).as(Files.readString(output)).isZero();
    assertThat(output).hasContent(expected);
  }
}
