package io.centroid.job;

import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;

/** The file that gets what Spark and the libraries say. */
public final class LogFile {
  private LogFile() {}

  /** Its name as it is configured; nothing where the log goes somewhere else. */
  public static Optional<String> name() {
    return LogManager.getContext(false) instanceof LoggerContext context
        ? context.getConfiguration().getAppenders().values().stream()
            .filter(FileAppender.class::isInstance)
            .map(appender -> ((FileAppender) appender).getFileName())
            .findFirst()
        : Optional.empty();
  }
}
