package io.centroid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** The arguments of a command, put together in the order of the calls. */
public final class CommandLine {
  private final List<String> arguments = new ArrayList<>();

  private CommandLine() {}

  /** Begins with these. */
  public static CommandLine of(String... arguments) {
    return new CommandLine().with(arguments);
  }

  /** Begins with these, paths among them. */
  public static CommandLine of(Object... arguments) {
    return new CommandLine().with(arguments);
  }

  /** Adds arguments as they are. */
  public CommandLine with(String... more) {
    arguments.addAll(List.of(more));
    return this;
  }

  /** Adds arguments as they are, paths among them. */
  public CommandLine with(Object... more) {
    for (Object argument : more) {
      arguments.add(argument.toString());
    }
    return this;
  }

  /** Adds arguments as they are. */
  public CommandLine with(CommandLine more) {
    arguments.addAll(more.arguments);
    return this;
  }

  /** Adds settings, each a {@code key=value}. */
  public CommandLine set(String... settings) {
    for (String setting : settings) {
      with("--set", setting);
    }
    return this;
  }

  /** All of them. */
  public List<String> list() {
    return List.copyOf(arguments);
  }

  /** Runs them in this JVM; they must end with 0. */
  public CommandLineRun done() {
    CommandLineRun run = CommandLineRun.of(toArray());
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run;
  }

  /** All of them. */
  public String[] toArray() {
    return arguments.toArray(String[]::new);
  }
}
