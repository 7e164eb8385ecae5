package io.centroid.benchmark;

import io.centroid.job.SparkSessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Memory of the driver and of executors. */
final class JvmMemory {
  private static final double MEGABYTE = 1 << 20;

  private JvmMemory() {}

  /** One entry for each JVM: heap used after a collection, and what is resident, in MB. */
  static String ofAll(JavaSparkContext context) {
    Map<String, String> jvms = new TreeMap<>(Map.of("driver", ofThisJvm()));
    int tasks = 4 * SparkSessions.slots(context); // so that each executor gets one
    context
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .map(any -> new Tuple2<>(name(), ofThisJvm()))
        .collect()
        .forEach(executor -> jvms.put(executor._1(), executor._2()));
    StringBuilder line = new StringBuilder();
    jvms.forEach((name, used) -> line.append(name).append(' ').append(used).append("  "));
    return line.toString().strip();
  }

  private static String name() {
    String executor = SparkEnv.get().executorId();
    return executor.equals("driver") ? executor : "executor " + executor;
  }

  private static String ofThisJvm() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return "%.0f / %.0f"
        .formatted((runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE, residentMegabytes());
  }

  private static double residentMegabytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("found no VmRSS in /proc/self/status");
  }
}
