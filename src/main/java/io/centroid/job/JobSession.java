package io.centroid.job;

import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark session of a job, opened when it is first asked for: what was done before, or cannot be
 * done, is said without one. Used by one thread.
 */
public final class JobSession implements AutoCloseable {
  private final Supplier<SparkSession> opening;
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
        new JobSession(() -> SparkSessions.open(name, kryoRegistrator.getName(), phases));
    SparkConf conf = new SparkConf();
    if (conf.get("spark.master", "").equals("yarn")
        && conf.get("spark.submit.deployMode", "").equals("cluster")) {
      job.spark();
    }
    return job;
  }

  /** Of a session that is there. */
  public static JobSession of(SparkSession session) {
    JobSession job = new JobSession(() -> session);
    job.spark();
    return job;
  }

  /** The session. */
  public SparkSession spark() {
    if (session == null) {
      session = opening.get();
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

  /** Ends the session, if there is one. */
  @Override
  public void close() {
    if (session != null) {
      session.stop();
    }
  }
}
