package io.centroid.source;

import io.centroid.data.DataSet;
import io.centroid.data.Split;
import java.io.Serializable;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Examples that executors read, as many as there are. Nothing of it on the driver grows with them.
 */
public interface ExampleSource {

  /** Which data set this is. */
  DataSet dataSet();

  /**
   * The splits that the source itself has; examples of others are drawn from its training split.
   */
  Set<Split> splits();

  /** Every example once, in any order and partitioning; what is unreadable too. */
  JavaRDD<SourceExample> examples(JavaSparkContext context);

  /**
   * One example as its source has it.
   *
   * @param id from 0; decides its split and its place among the others
   * @param name what the source calls it
   * @param split its split; TRAIN where the source has no others
   * @param label its class, from 0
   * @param pixels unsigned, height × width × channel order; null when it is unreadable
   * @param problem why it is unreadable; null when it is not
   */
  @SuppressWarnings("ArrayRecordComponent") // a value on its way into a shard
  record SourceExample(long id, String name, Split split, int label, byte[] pixels, String problem)
      implements Serializable {

    /** Whether there is anything to learn from. */
    public boolean isReadable() {
      return problem == null;
    }
  }
}
