package io.centroid.job;

import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.appender.RollingFileAppender;

/** The file that gets what Spark and the libraries say. */
public final class LogFile {
  private LogFile() {}

  /** Its name as it is configured; nothing where the log goes somewhere else. */
  public static Optional<String> name() {
    return LogManager.getContext(false) instanceof LoggerContext context
        ? context.getConfiguration().getAppenders().values().stream()
            .flatMap(appender -> file(appender).stream())
            .findFirst()
        : Optional.empty();
  }

  private static Optional<String> file(Appender appender) {
    if (appender instanceof RollingFileAppender rolling) {
      return Optional.of(rolling.getFileName());
    }
    return appender instanceof FileAppender file
        ? Optional.of(file.getFileName())
        : Optional.empty();
  }
}
