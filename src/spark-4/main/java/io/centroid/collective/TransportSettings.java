package io.centroid.collective;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.util.Utils;
import scala.Option;
import scala.Tuple2;
import scala.runtime.AbstractFunction1;

/** What Spark's transport between executors is told. */
final class TransportSettings {
  private TransportSettings() {}

  /** As Spark's own transfer of blocks has it, TLS included. */
  static TransportConf of(SparkEnv environment, SparkConf conf) {
    return SparkTransportConf.fromSparkConf(
        conf,
        "shuffle",
        0,
        Option.empty(),
        Option.apply(environment.securityManager().getRpcSSLOptions()));
  }

  /**
   * Starts a server on a port or, where that is taken, on one of the next, as Spark does. Spark
   * reads how many from a configuration whose type is another one in 4.0.
   */
  static TransportServer listen(
      SparkConf conf, int port, AbstractFunction1<Object, Tuple2<TransportServer, Object>> start) {
    return Utils.startServiceOnPort(
            port, start, conf.getInt("spark.port.maxRetries", 16), "rounds between executors")
        ._1();
  }
}
