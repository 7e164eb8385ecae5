package io.centroid.job;

import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What Spark's UI says of the jobs that a thread starts. A thread that is in a group already stays
 * in that: whoever put it there may want to cancel the group.
 */
public final class JobGroup {
  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";

  private JobGroup() {}

  /** Starts jobs, in this group unless the thread is in one, with this description. */
  public static <T> T run(
      JavaSparkContext context, String group, String description, Supplier<T> jobs) {
    boolean alone = context.getLocalProperty(GROUP) == null;
    String before = context.getLocalProperty(DESCRIPTION);
    if (alone) {
      context.setJobGroup(group, description, false);
    } else {
      context.setJobDescription(description);
    }
    try {
      return jobs.get();
    } finally {
      if (alone) {
        context.clearJobGroup();
      }
      context.setJobDescription(before);
    }
  }
}
