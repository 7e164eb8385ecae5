package io.centroid.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.StandaloneCluster;
import io.centroid.error.FailureCategory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

  /** The codes that docs/commands.md says to try again with. */
  @Test
  void schedulesTryAgainWhereThatHelps() throws IOException {
    Map<Integer, String> table = new TreeMap<>();
    for (String line : Files.readAllLines(HOME.resolve("docs/commands.md"))) {
      if (line.matches("\\| \\d \\|.*")) {
        String[] cells = line.split("\\|");
        table.put(Integer.parseInt(cells[1].strip()), cells[4].strip());
      }
    }
    assertThat(table).hasSize(1 + FailureCategory.values().length);
    assertThat(table.values()).containsOnly("yes", "no");
    for (FailureCategory category : FailureCategory.values()) {
      assertThat(table).containsKey(category.exitCode());
    }
    String last =
        table.keySet().stream()
            .filter(code -> code != 0 && table.get(code).equals("no"))
            .map(String::valueOf)
            .collect(Collectors.joining(" "));
    assertThat(last).isEqualTo("2 3 4 5");
    assertThat(Files.readString(SCHEDULES.resolve("centroid.service")))
        .contains("\nRestart=on-failure\n", "\nRestartPreventExitStatus=" + last + "\n");
    assertThat(Files.readString(SCHEDULES.resolve("centroid.service")))
        .contains("\nEnvironment=LC_ALL=C.UTF-8\n");
    assertThat(Files.readString(SCHEDULES.resolve("centroid.crontab")))
        .contains("\nLC_ALL=C.UTF-8\n");
    assertThat(Files.readString(SCHEDULES.resolve("centroid_dag.py")))
        .contains("\nFINAL = [" + last.replace(" ", ", ") + "]\n")
        .doesNotContain("ts_nodash", "{{ ds", "logical_date", "data_interval", "execution_date");
    assertThat(Files.readString(HOME.resolve("submit/kubernetes/cron-job.yaml")))
        .contains("values: [" + last.replace(" ", ", ") + "]");
  }

  /**
   * In the Airflow that {@code AIRFLOW_PYTHON}, or else {@code python3}, has: a run without a date,
   * and a launcher that ends with each code in turn.
   */
  @Test
  void airflowFailsForGoodWhereTryingAgainDoesNotHelp() throws Exception {
    String python = System.getenv().getOrDefault("AIRFLOW_PYTHON", "python3");
    Process airflow = new ProcessBuilder(python, "-W", "ignore", "-c", "import airflow").start();
    assumeThat(airflow.waitFor()).as("Airflow is installed for " + python).isZero();
    Path launcher = Files.createDirectories(directory.resolve("submit")).resolve("centroid.sh");
    Files.writeString(launcher, "#!/bin/sh\necho $0 $* $CENTROID_LOG\nexit $EXIT_CODE\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        directory.resolve("dag.py"),
        Files.readString(SCHEDULES.resolve("centroid_dag.py"))
            .replace("\"/opt/centroid\"", "\"" + directory + "\""));
    Files.writeString(
        directory.resolve("tried.py"),
        """
        import logging, os, dag
        from airflow.exceptions import AirflowException, AirflowFailException
        logging.disable(logging.CRITICAL)
        said = open("said", "w")
        for task in dag.dag.tasks:
            task.render_template_fields({"run_id": "manual__2026-11-27T21:28:06+00:00"})
            assert "manual--2026-11-27T21-28-06-00-00" in task.env["CENTROID_LOG"], task.env
            assert "{{" not in task.bash_command, task.bash_command
        os.environ["EXIT_CODE"] = "0"
        print(dag.promote.execute({}), file=said)
        for code in range(1, 9):
            os.environ["EXIT_CODE"] = str(code)
            try:
                dag.train.execute({})
            except AirflowFailException:
                print(code, "final", file=said)
            except AirflowException:
                print(code, "again", file=said)
        """);
    Path output = directory.resolve("output");
    ProcessBuilder tried =
        new ProcessBuilder(python, "-W", "ignore", "tried.py")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    tried.environment().put("AIRFLOW_HOME", directory.resolve("airflow").toString());
    tried.environment().put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    assertThat(tried.start().waitFor()).as(Files.readString(output)).isZero();
    String said = Files.readString(directory.resolve("said"));
    assertThat(said.lines().findFirst().orElseThrow())
        .isEqualTo(
            launcher
                + " promote --run /var/lib/centroid/airflow/manual--2026-11-27T21-28-06-00-00.json"
                + " --models /var/lib/centroid/models --name cifar-10 --driver-memory 3g"
                + " /var/lib/centroid/logs/manual--2026-11-27T21-28-06-00-00-promote.log");
    assertThat(said)
        .endsWith(
            """
            1 again
            2 final
            3 final
            4 final
            5 final
            6 again
            7 again
            8 again
            """);
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
