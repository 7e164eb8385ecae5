package io.centroid.source;

import io.centroid.data.DataSet;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.order.IdOrder;
import io.centroid.order.Identified;
import java.io.Serializable;
import java.util.Optional;
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

  /** What order its ids have. */
  default IdOrder order() {
    return IdOrder.OF_NAMES;
  }

  /** Whether examples have weights; otherwise each weighs 1. */
  default boolean isWeighted() {
    return false;
  }

  /** What is told when reading fails in a way that nobody else knows. */
  default Optional<JobException> explained(Exception failure) {
    return Optional.empty();
  }

  /** Every example once, in any order and partitioning; what is unreadable too. */
  JavaRDD<SourceExample> examples(JavaSparkContext context);

  /**
   * One example as its source has it.
   *
   * @param id decides its split and its place among the others
   * @param tie tells examples of one id apart, where the order numbers these
   * @param name what the source calls it; may be null where it is readable
   * @param split its split; TRAIN where the source has no others
   * @param label its class, from 0
   * @param weight how much it counts; 0 for not at all, and then it is left out
   * @param features coded as those of its data set are; null when it is unreadable
   * @param problem why it is unreadable; null when it is not
   */
  @SuppressWarnings("ArrayRecordComponent") // a value on its way into a shard
  record SourceExample(
      long id,
      long tie,
      String name,
      Split split,
      int label,
      float weight,
      byte[] features,
      String problem)
      implements Identified<SourceExample>, Serializable {

    @Override
    public SourceExample withId(long other) {
      return new SourceExample(other, tie, name, split, label, weight, features, problem);
    }

    /** Whether there is anything to learn from. */
    public boolean isReadable() {
      return problem == null;
    }
  }
}
