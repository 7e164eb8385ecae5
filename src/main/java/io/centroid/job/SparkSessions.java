package io.centroid.job;

import io.centroid.error.JobException;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.scheduler.HealthTracker;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.apache.spark.util.Utils;

/**
 * Opens Spark sessions with the values this program needs, wherever spark-submit did not set them.
 */
public final class SparkSessions {
  /** What Spark calls it among the executors. */
  static final String DRIVER = "driver";

  private static final String JARS = "spark.jars";
  private static final String REGISTRATOR = "spark.kryo.registrator";

  private SparkSessions() {}

  /** Whether all is in this process. */
  static boolean isLocal(SparkConf conf) {
    return Utils.isLocalMaster(conf);
  }

  /** What Hadoop should be told, with {@code spark.hadoop.*} of spark-submit, without a session. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * A session for a job.
   *
   * @param name what Spark's UI calls the job
   * @param kryoRegistrators class names of the registrators of what crosses the wire
   * @param phases told when a cluster keeps the job waiting
   * @throws JobException where Spark cannot start with its properties, on this machine or cluster
   */
  public static SparkSession open(String name, List<String> kryoRegistrators, Phases phases) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.app.name", name);
    conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    // A cluster's own registrator knows nothing of what this program sends.
    conf.set(
        REGISTRATOR,
        Stream.concat(
                Stream.of(conf.get(REGISTRATOR, "").split(",", -1)), kryoRegistrators.stream())
            .map(String::strip)
            .filter(registrator -> !registrator.isEmpty())
            .distinct()
            .collect(Collectors.joining(",")));
    conf.setIfMissing("spark.kryoserializer.buffer.max", "1g");
    // Parameters are noise to a compressor: it costs more time than it saves bytes.
    conf.setIfMissing("spark.broadcast.compress", "false");
    // The parameters of averaging.engine = stock go straight back, not by way of the block manager.
    conf.setIfMissing("spark.task.maxDirectResultSize", "64m");
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
    // Names of files in UTF-8, and errors of the system in English.
    conf.setIfMissing("spark.executorEnv.LC_ALL", "C.UTF-8");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // No table has a name here; Hive's catalog would leave its files in the working directory.
    conf.set("spark.sql.catalogImplementation", "in-memory");
    if (isLocal(conf)) {
      removeOwnJar(conf);
    }
    ClusterWait wait = ClusterWait.begin(conf, phases);
    try {
      requireLocalDirectory(conf);
      makeEventLog(conf);
      requireExclusion(conf);
      SparkSession session = SparkSession.builder().config(conf).getOrCreate();
      requireRegistration(session.sparkContext());
      ExecutorCores.watch(session.sparkContext());
      wait.begun(session.sparkContext());
      return session;
    } catch (Exception | LinkageError e) { // Scala throws checked exceptions without saying so
      wait.end();
      throw SparkFailure.atStart(e, conf);
    }
  }

  /** What is running already; Spark would copy it for executors, of which there are none. */
  private static void removeOwnJar(SparkConf conf) {
    String own = SparkSessions.class.getProtectionDomain().getCodeSource().getLocation().toString();
    conf.set(
        JARS,
        Stream.of(conf.get(JARS, "").split(",", -1))
            .filter(jar -> !jar.equals(own))
            .collect(Collectors.joining(",")));
  }

  /** Spark goes on where no Master took the application, to end somewhere later. */
  private static void requireRegistration(SparkContext context) {
    if (context.master().startsWith("spark://")
        && context.applicationId().startsWith("spark-application-")) {
      context.stop();
      throw SparkFailure.unregistered(context.conf());
    }
  }

  /** Without one for its files Spark ends the process. */
  private static void requireLocalDirectory(SparkConf conf) {
    String[] directories = localDirectories(conf).split(",");
    if (Stream.of(directories)
        .map(File::new)
        .noneMatch(one -> (one.isDirectory() || one.mkdirs()) && one.canWrite())) {
      throw JobException.settings(
          "Cannot start Spark: found spark.local.dir=%s, expected a directory that can be written. Set SPARK_LOCAL_DIRS to one."
              .formatted(String.join(",", directories)));
    }
  }

  /** As Spark has it: a container of YARN has its own. */
  private static String localDirectories(SparkConf conf) {
    boolean isYarns = System.getenv("CONTAINER_ID") != null;
    String given = System.getenv(isYarns ? "LOCAL_DIRS" : "SPARK_LOCAL_DIRS");
    return given != null
        ? given
        : conf.get("spark.local.dir", System.getProperty("java.io.tmpdir"));
  }

  /** Spark looks at these properties at its first task, where the reason would be lost. */
  private static void requireExclusion(SparkConf conf) {
    if (HealthTracker.isExcludeOnFailureEnabled(conf)) {
      HealthTracker.validateExcludeOnFailureConfs(conf);
    }
  }

  /** How many tasks can run at the same time, as far as executors are there. */
  public static int slots(JavaSparkContext context) {
    SparkContext spark = context.sc();
    return Math.max(
        1, spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile()));
  }

  /** Those that are there now; none where all is in one process. */
  static List<ExecutorSummary> executors(SparkContext context) {
    return ScalaCollections.list(context.statusStore().executorList(true)).stream()
        .filter(executor -> !executor.id().equals(DRIVER))
        .toList();
  }

  /** How many tasks could start now; 1 where none can. */
  public static int freeSlots(JavaSparkContext context) {
    int cpus = context.getConf().getInt("spark.task.cpus", 1);
    int free = 0;
    for (ExecutorSummary executor :
        ScalaCollections.list(context.sc().statusStore().executorList(true))) {
      free += Math.max(0, executor.totalCores() / cpus - executor.activeTasks());
    }
    return Math.max(1, Math.min(free, slots(context)));
  }

  /** Waits until so many tasks could start, for so long at most. */
  public static void awaitFreeSlots(JavaSparkContext context, int wanted, int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (freeSlots(context) < wanted && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  /** Spark asks for a directory that is there. */
  private static void makeEventLog(SparkConf conf) throws IOException {
    if (conf.getBoolean("spark.eventLog.enabled", false)) {
      Path directory =
          new Path(Utils.resolveURI(conf.get("spark.eventLog.dir", "/tmp/spark-events")));
      directory.getFileSystem(SparkHadoopUtil.get().newConfiguration(conf)).mkdirs(directory);
    }
  }
}
