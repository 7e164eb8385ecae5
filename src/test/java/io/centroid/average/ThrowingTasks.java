package io.centroid.average;

import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.util.TaskCompletionListener;

/** A Spark plugin with which every task on the executors fails, however often it is tried. */
public final class ThrowingTasks implements SparkPlugin {
  /** What the tasks fail with. */
  public static final String MESSAGE = "the flux compensator is out of flux";

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> configuration) {}

      @Override
      public void onTaskStart() {
        TaskContext.get()
            .addTaskCompletionListener(
                (TaskCompletionListener)
                    context -> {
                      throw new IllegalStateException(MESSAGE);
                    });
      }
    };
  }
}
