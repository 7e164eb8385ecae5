package io.centroid.job;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark session of a job, opened when it is first asked for: what was done before, or cannot be
 * done, is said without one. Used by one thread.
 */
public final class JobSession implements AutoCloseable {
  private static Shared shared;

  private final Supplier<SparkSession> opening;
  private CompletableFuture<SparkSession> ahead;
  private SparkSession session;
  private Configuration hadoop;

  private JobSession(Supplier<SparkSession> opening) {
    this.opening = opening;
  }

  /**
   * Of a job of its own. On YARN in cluster mode it is opened at once: there an application that
   * ends without a session has failed.
   *
   * @param name what Spark's UI calls the job
   * @param kryoRegistrator registers what crosses the wire
   * @param phases told when the cluster keeps it waiting
   */
  public static JobSession of(String name, Class<?> kryoRegistrator, Phases phases) {
    JobSession job =
        new JobSession(
            shared == null
                ? () -> SparkSessions.open(name, List.of(kryoRegistrator.getName()), phases)
                : () -> shared.open(name, phases));
    SparkConf conf = new SparkConf();
    if (conf.get("spark.master", "").equals("yarn")
        && conf.get("spark.submit.deployMode", "").equals("cluster")) {
      job.spark();
    }
    return job;
  }

  /**
   * One session for the jobs of a process that follow each other, from the first that needs one.
   */
  public static final class Shared implements AutoCloseable {
    private final List<String> kryoRegistrators;
    private SparkSession session;

    private Shared(List<String> kryoRegistrators) {
      this.kryoRegistrators = kryoRegistrators;
    }

    private SparkSession open(String name, Phases phases) {
      if (session == null) {
        session = SparkSessions.open(name, kryoRegistrators, phases);
      }
      return session;
    }

    /** Ends it, if there is one; jobs have sessions of their own again. */
    @Override
    public void close() {
      shared = null;
      if (session != null) {
        session.stop();
      }
    }
  }

  /**
   * From here on jobs share a session. Not while there are any.
   *
   * @param kryoRegistrators register what crosses the wire in all of these jobs
   */
  public static Shared share(Class<?>... kryoRegistrators) {
    shared = new Shared(Stream.of(kryoRegistrators).map(Class::getName).toList());
    return shared;
  }

  /** Of a session that is there. */
  public static JobSession of(SparkSession session) {
    JobSession job = new JobSession(() -> session);
    job.spark();
    return job;
  }

  /**
   * Begins to open it beside what the caller does next without one, where that keeps nothing from
   * others: a cluster is asked when there is work for it.
   */
  public void openMeanwhile() {
    if (session == null && ahead == null && SparkSessions.isLocal(new SparkConf())) {
      ahead =
          CompletableFuture.supplyAsync(
              () -> loaded(opening.get()), task -> new Thread(task, "session").start());
    }
  }

  /** The session. */
  public SparkSession spark() {
    if (session == null) {
      session = ahead == null ? opening.get() : opened(ahead);
      hadoop = session.sparkContext().hadoopConfiguration();
    }
    return session;
  }

  /** The session's context. */
  public JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark().sparkContext());
  }

  /** What Hadoop should be told; needs no session. */
  public Configuration hadoop() {
    if (hadoop == null) {
      hadoop = SparkSessions.hadoop();
    }
    return hadoop;
  }

  /** With what its first job would load: serializers, and ND4J with them. */
  private static SparkSession loaded(SparkSession session) {
    JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(0).destroy();
    return session;
  }

  private static SparkSession opened(CompletableFuture<SparkSession> ahead) {
    try {
      return ahead.join();
    } catch (CompletionException e) {
      return ExceptionUtils.rethrow(e.getCause());
    }
  }

  /** Ends the session, if there is one that is its own. */
  @Override
  public void close() {
    // Why it could not be opened was said where it was needed, if it was.
    SparkSession opened =
        session == null && ahead != null ? ahead.exceptionally(failure -> null).join() : session;
    if (opened != null && shared == null) {
      opened.stop();
    }
  }
}
