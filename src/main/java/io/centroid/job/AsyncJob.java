package io.centroid.job;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** A Spark job under way, whose results are handed over one by one as its tasks end. */
public final class AsyncJob {
  /** What Spark says of a job that was cancelled, by its group or in the UI. */
  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private final SimpleFutureAction<BoxedUnit> job;
  private volatile boolean ended;

  private AsyncJob(SimpleFutureAction<BoxedUnit> job) {
    this.job = job;
  }

  /**
   * Starts a job whose tasks have one result each, or none.
   *
   * @param rdd what to compute; of each partition the first element
   * @param partitions of {@code rdd} that are computed
   * @param results is given a place in {@code partitions} and the element there, null without one;
   *     on Spark's thread
   */
  public static <T> AsyncJob submit(
      SparkContext context, RDD<T> rdd, List<Integer> partitions, BiConsumer<Integer, T> results) {
    return new AsyncJob(
        context.submitJob(
            rdd,
            new FirstElement<T>(),
            ScalaCollections.<Object>sequence(partitions),
            new AbstractFunction2<Object, T, BoxedUnit>() {
              @Override
              public BoxedUnit apply(Object index, T result) {
                results.accept((Integer) index, result);
                return BoxedUnit.UNIT;
              }
            },
            new AbstractFunction0<BoxedUnit>() {
              @Override
              public BoxedUnit apply() {
                return BoxedUnit.UNIT;
              }
            }));
  }

  /** Does something when the job is over, well or not, on another thread. */
  public void whenOver(Runnable action) {
    job.onComplete(
        new AbstractFunction1<Try<BoxedUnit>, BoxedUnit>() {
          @Override
          public BoxedUnit apply(Try<BoxedUnit> end) {
            action.run();
            return BoxedUnit.UNIT;
          }
        },
        ExecutionContext.global());
  }

  /**
   * Waits until it is over; throws what it failed with.
   *
   * @throws JobException category INTERRUPTED when the thread is, and with it the job, or somebody
   *     else cancelled it
   */
  public void await() {
    try {
      Await.ready(job, Duration.Inf());
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (TimeoutException e) {
      throw new IllegalStateException("There is no limit to the time of a job", e);
    }
    Try<BoxedUnit> end = job.value().get();
    if (end.isFailure()) {
      Throwable failure = end.failed().get();
      if (!ended
          && failure instanceof SparkException told
          && CANCELLED.equals(told.getErrorClass())) {
        throw new JobException(
            FailureCategory.INTERRUPTED,
            "Cannot go on training: found its Spark job cancelled (%s)."
                .formatted(told.getMessage()),
            told);
      }
      ExceptionUtils.rethrow(failure);
    }
  }

  /** Ends the job, and waits until it is over. */
  public void cancel() {
    ended = true;
    job.cancel();
    try {
      await();
    } catch (JobException e) {
      throw e;
    } catch (Exception e) {
      // it was to fail
    }
  }

  /** Ends the job because the thread that waits for it was interrupted; the reason to throw. */
  public JobException interrupted() {
    ended = true;
    job.cancel();
    Thread.currentThread().interrupt();
    return new JobException(
        FailureCategory.INTERRUPTED, "Cannot go on training: found an interrupt.");
  }

  private static final class FirstElement<T> extends AbstractFunction1<Iterator<T>, T>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public T apply(Iterator<T> partition) {
      return partition.hasNext() ? partition.next() : null;
    }
  }
}
