package io.centroid.job;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/**
 * Opens Spark sessions with the values this program needs, wherever spark-submit did not set them.
 */
public final class SparkSessions {
  private SparkSessions() {}

  /** What Hadoop should be told, with {@code spark.hadoop.*} of spark-submit, without a session. */
  public static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * A session for a job.
   *
   * @param name what Spark's UI calls the job
   * @param kryoRegistrator class name of the registrator of what crosses the wire
   */
  public static SparkSession open(String name, String kryoRegistrator) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.app.name", name);
    conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    conf.setIfMissing("spark.kryo.registrator", kryoRegistrator);
    conf.setIfMissing("spark.kryoserializer.buffer.max", "1g");
    // Parameters are noise to a compressor: it costs more time than it saves bytes.
    conf.setIfMissing("spark.broadcast.compress", "false");
    // A worker's result of a round goes straight back, not by way of the block manager.
    conf.setIfMissing("spark.task.maxDirectResultSize", "64m");
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
