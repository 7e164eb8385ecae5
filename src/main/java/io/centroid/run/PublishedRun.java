package io.centroid.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.evaluate.Metrics;
import io.centroid.json.Json;
import io.centroid.publish.Target;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Reads the records of a published run, or of a version, which is a copy of one. */
public final class PublishedRun {
  private PublishedRun() {}

  public static Outcome outcome(Path directory, Configuration hadoop) throws IOException {
    return read(directory, "outcome.json", Outcome.class, hadoop);
  }

  public static Metrics metrics(Path directory, Configuration hadoop) throws IOException {
    return read(directory, "metrics.json", Metrics.class, hadoop);
  }

  public static Provenance provenance(Path directory, Configuration hadoop) throws IOException {
    return read(directory, "provenance.json", Provenance.class, hadoop);
  }

  private static <T> T read(Path directory, String file, Class<T> type, Configuration hadoop)
      throws IOException {
    if (!Target.isPublished(directory, Target.SUCCESS, hadoop)) {
      throw JobException.data(
          "Cannot read run %s: found no %s, expected a run that train published."
              .formatted(directory, Target.SUCCESS));
    }
    try {
      return Json.read(Target.read(directory, file, hadoop), type);
    } catch (FileNotFoundException e) {
      throw damaged(directory, "none", file, e);
    } catch (JsonProcessingException e) {
      throw damaged(directory, Json.problem(e), file, e);
    }
  }

  private static JobException damaged(Path directory, String found, String file, Exception cause) {
    return JobException.data(
        "Cannot read run %s: found %s, expected a whole %s. Train it again."
            .formatted(directory, found, file),
        cause);
  }
}
