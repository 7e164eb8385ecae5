package io.centroid.cli;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.error.Secrets;
import io.centroid.job.Interruption;
import io.centroid.job.LogFile;
import io.centroid.job.SparkFailure;
import io.centroid.storage.StorageFailure;
import java.io.PrintWriter;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into one line for the user and an exit code; stack traces go to the log. */
final class ExitStatus {
  private ExitStatus() {}

  /** Reports a failed command. */
  static int report(Exception failure, PrintWriter console) {
    if (Interruption.isEnding()) {
      return FailureCategory.INTERRUPTED.exitCode();
    }
    LoggerFactory.getLogger(ExitStatus.class).info("Command failed", failure);
    Optional<JobException> known =
        Reason.cause(failure, JobException.class)
            .or(() -> Reason.cause(failure, OutOfMemoryError.class).map(ExitStatus::noMemory))
            .or(() -> SparkFailure.explain(failure))
            .or(() -> StorageFailure.explain(failure));
    console.println("centroid: " + known.map(JobException::getMessage).orElse(brief(failure)));
    return known.map(JobException::category).orElse(FailureCategory.INTERNAL).exitCode();
  }

  /** Reports an error of the virtual machine or of a library that was not found. */
  static int report(Error failure, PrintWriter console) {
    LoggerFactory.getLogger(ExitStatus.class).error("Command failed", failure);
    if (failure instanceof OutOfMemoryError) {
      console.println(
          "centroid: Cannot go on: found no memory left (%s), expected some of %,d MB. Use a larger --driver-memory."
              .formatted(failure.getMessage(), Runtime.getRuntime().maxMemory() >> 20));
      return FailureCategory.RESOURCES.exitCode();
    }
    console.println("centroid: " + brief(failure));
    return FailureCategory.INTERNAL.exitCode();
  }

  /** Reports arguments that cannot be used. */
  static int reportUsage(ParameterException failure, String[] arguments) {
    PrintWriter err = failure.getCommandLine().getErr();
    err.println("centroid: " + Secrets.masked(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return FailureCategory.SETTINGS.exitCode();
  }

  private static JobException noMemory(OutOfMemoryError error) {
    return new JobException(
        FailureCategory.RESOURCES,
        "Cannot go on: found no memory left (%s), expected enough for driver and executors. Use a larger --driver-memory, on a cluster --executor-memory."
            .formatted(error.getMessage()),
        error);
  }

  private static String brief(Throwable failure) {
    return Secrets.masked(
        "internal error: %s. The log%s has the details."
            .formatted(
                SparkFailure.said(failure),
                LogFile.name().map(file -> ", " + file + ",").orElse("")));
  }
}
