package io.centroid.cli;

import io.centroid.config.Settings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that give settings, the same for every command. */
public final class SettingsOptions {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "HOCON file with settings, of this machine or a Hadoop URI; a later one overrides an earlier one.")
  private List<String> files = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, e.g. training.epochs=20; overrides every file.")
  private List<String> assignments = List.of();

  /** The options as they were given. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    files.forEach(file -> arguments.addAll(List.of("--conf", file)));
    assignments.forEach(assignment -> arguments.addAll(List.of("--set", assignment)));
    return arguments;
  }

  /** The settings that they give. */
  public Settings load() {
    return Settings.load(files.stream().map(SettingsLocation::local).toList(), assignments);
  }
}
