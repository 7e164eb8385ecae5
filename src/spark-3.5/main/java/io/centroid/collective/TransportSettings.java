package io.centroid.collective;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.util.TransportConf;
import scala.Option;

/** What Spark's transport between executors is told. */
final class TransportSettings {
  private TransportSettings() {}

  /** As Spark's own transfer of blocks has it. */
  static TransportConf of(SparkEnv environment, SparkConf conf) {
    return SparkTransportConf.fromSparkConf(conf, "shuffle", 0, Option.empty());
  }
}
