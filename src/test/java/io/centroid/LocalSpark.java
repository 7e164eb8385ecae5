package io.centroid;

import io.centroid.train.CentroidKryoRegistrator;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Real Spark for tests. */
public final class LocalSpark {
  private LocalSpark() {}

  /** A session on a local master in which nothing crosses the wire unregistered. */
  public static SparkSession open(String master) {
    return open(master, Map.of());
  }

  /** The same, with more settings. */
  public static SparkSession open(String master, Map<String, String> settings) {
    SparkConf conf =
        new SparkConf()
            .setMaster(master)
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrator", CentroidKryoRegistrator.class.getName())
            .set("spark.kryo.registrationRequired", "true")
            .set("spark.kryoserializer.buffer.max", "1g")
            .set("spark.broadcast.compress", "false");
    settings.forEach(conf::set);
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
