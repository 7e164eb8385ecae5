package io.centroid.cli;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Interruption;
import io.centroid.job.JobSession;
import io.centroid.job.SparkLine;
import io.centroid.prep.PrepareKryoRegistrator;
import io.centroid.run.CodeVersion;
import io.centroid.train.CentroidKryoRegistrator;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.io.output.TeeWriter;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.io.IoBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * The entry point: {@code centroid prepare | train | evaluate | score | report | runs | compare |
 * summary | gate | promote | rollback | models | pipeline}.
 */
@Command(
    name = "centroid",
    description = "Trains a dense image classifier on Apache Spark by parameter averaging.",
    subcommands = {
      PrepareCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      ScoreCommand.class,
      ReportCommand.class,
      RunsCommand.class,
      CompareCommand.class,
      SummaryCommand.class,
      GateCommand.class,
      PromoteCommand.class,
      RollbackCommand.class,
      ModelsCommand.class,
      PipelineCommand.class,
      ExitStatusCommand.class
    },
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Centroid.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or done before",
      "1:internal error; the log has the details",
      "2:settings or arguments that cannot be used",
      "3:data that is missing, damaged or does not fit",
      "4:the training diverged",
      "5:the gate did not pass the model; it is kept, and not promoted",
      "6:the same work is being done by another process",
      "7:interrupted; run again to go on",
      "8:memory, disk, executors, a file system or the network do not suffice or do not answer"
    })
public final class Centroid {
  private static final int JAVA = 17;

  /** Stands between commands that one process runs. */
  private static final String AND = "--and";

  private Centroid() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    run(new Centroid(), arguments);
  }

  /**
   * Runs a picocli command as {@link #main} runs this one: the same exit codes, and one line for a
   * failure. From here on standard error is for what commands say; what libraries print to it goes
   * to the log. Both standard streams are UTF-8.
   */
  public static void run(Object command, String... arguments) {
    PrintWriter console = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.setErr(IoBuilder.forLogger("standard error").setLevel(Level.WARN).buildPrintStream());
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    CommandLine program = commandLine(command);
    program.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    StringWriter messages = new StringWriter();
    program.setErr(new PrintWriter(new TeeWriter(console, messages), true));
    int interrupted = FailureCategory.INTERRUPTED.exitCode();
    Interruption.handle(interrupted, () -> ExitStatusFile.leave(interrupted, "", console));
    int exitCode =
        javaProblem(Runtime.version().feature())
            .or(SparkLine::problem)
            .map(problem -> ExitStatus.report(problem, program.getErr()))
            .orElseGet(() -> execute(program, arguments));
    if (!Interruption.isEnding()) {
      ExitStatusFile.leave(exitCode, messages.toString(), console);
    }
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /** What is wrong with a version of Java: Spark 3.5's Hadoop fails in later ones. */
  static Optional<JobException> javaProblem(int feature) {
    return feature == JAVA
        ? Optional.empty()
        : Optional.of(
            JobException.settings(
                "Cannot start: found Java %d in %s, expected %d. Set JAVA_HOME to a JDK %d."
                    .formatted(feature, System.getProperty("java.home"), JAVA, JAVA)));
  }

  /** Runs a command and returns its exit code. */
  public static int execute(String... arguments) {
    return execute(commandLine(new Centroid()), arguments);
  }

  /**
   * Runs a command and returns its exit code.
   *
   * @param err gets what the command says when it fails
   */
  public static int execute(PrintWriter err, String... arguments) {
    return execute(commandLine(new Centroid()).setErr(err), arguments);
  }

  private static int execute(CommandLine program, String... arguments) {
    try {
      List<String> commands = arguments.length == 0 ? List.of("--help") : List.of(arguments);
      if (!commands.contains(AND)) {
        return executeAll(program, commands);
      }
      JobSession.Shared session =
          JobSession.share(PrepareKryoRegistrator.class, CentroidKryoRegistrator.class);
      try {
        return executeAll(program, commands);
      } finally {
        session.close();
      }
    } catch (Error e) { // out of memory, or a class or native library that cannot be loaded
      return ExitStatus.report(e, program.getErr());
    }
  }

  /** Runs commands in the order in which they stand, up to the first that fails. */
  private static int executeAll(CommandLine program, List<String> commands) {
    int and = commands.indexOf(AND);
    List<String> first = and < 0 ? commands : commands.subList(0, and);
    int exitCode = program.execute(first.toArray(String[]::new));
    return and < 0 || exitCode != 0
        ? exitCode
        : executeAll(program, commands.subList(and + 1, commands.size()));
  }

  /** The program; from here on it says the same in every language. */
  private static CommandLine commandLine(Object command) {
    Locale.setDefault(Locale.ROOT);
    CommandLine program = new CommandLine(command);
    return program
        .registerConverter(Path.class, Centroid::path)
        .registerConverter(java.nio.file.Path.class, Centroid::pathHere)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, failed, parsed) -> ExitStatus.report(failure, program.getErr()))
        .setParameterExceptionHandler(ExitStatus::reportUsage);
  }

  /**
   * A path, also one whose name has a colon in it and so looks like a URI that is none.
   *
   * @throws TypeConversionException when Java could not read the argument in the locale's encoding
   */
  static Path path(String text) {
    String encoding = System.getProperty("sun.jnu.encoding");
    if (!Charset.forName(encoding).newEncoder().canEncode(text)) {
      throw new TypeConversionException(
          "found letters that %s does not have, expected a locale in UTF-8. Set LC_ALL=C.UTF-8."
              .formatted(encoding));
    }
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      if (text.isEmpty() || text.contains("://")) {
        throw e;
      }
      return new Path(Path.CUR_DIR + Path.SEPARATOR + text);
    }
  }

  /**
   * A path of this machine, also by its URI.
   *
   * @throws TypeConversionException where it is one of another file system
   */
  static java.nio.file.Path pathHere(String text) {
    URI uri = path(text).toUri();
    if (uri.getScheme() == null) {
      return java.nio.file.Path.of(text);
    }
    if (!uri.getScheme().equals("file")) {
      throw new TypeConversionException(
          "found %s, expected a directory of this machine".formatted(text));
    }
    return java.nio.file.Path.of(uri.getPath());
  }

  /** Version and commit. */
  public static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"centroid " + CodeVersion.title()};
    }
  }
}
