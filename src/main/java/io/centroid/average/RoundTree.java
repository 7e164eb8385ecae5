package io.centroid.average;

import io.centroid.average.RoundExchange.LostMembers;
import io.centroid.average.RoundExchange.ResultHandle;
import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.concurrent.Await;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * The tasks of one round: a level of workers and, where there are more of them than are added up in
 * one place, levels of sums. The shape depends on the number of workers and the fan-in alone.
 *
 * <p>Each level is one Spark job. What tasks return is where their contributions are, so that a sum
 * needs no shuffle, which would leave its files. A contribution that is lost, with its executor or
 * because its block is damaged, is made again.
 */
final class RoundTree {
  static final ClassTag<TaskResult> RESULT = ClassTag$.MODULE$.apply(TaskResult.class);

  private static final Logger LOG = LogManager.getLogger();
  private static final int MAX_ATTEMPTS = 4;

  private final SparkContext context;
  private final RoundRdd workers;
  private final RoundExchange exchange;
  private final int fanIn;

  /** What was put so far, level by level; null what was not, or was lost. */
  private final List<ResultHandle[]> levels = new ArrayList<>();

  private final WeightedSum sum = WeightedSum.onAllCores();
  private final Gathering gathering;
  private volatile long trained;
  private volatile String lastLoss;

  RoundTree(SparkContext context, RoundRdd workers, RoundExchange exchange, int fanIn) {
    this.context = context;
    this.workers = workers;
    this.exchange = exchange;
    this.fanIn = fanIn;
    int width = workers.getNumPartitions();
    levels.add(new ResultHandle[width]);
    while (width > fanIn) {
      width = (width + fanIn - 1) / fanIn;
      levels.add(new ResultHandle[width]);
    }
    this.gathering = new Gathering(exchange, width, sum);
  }

  /**
   * Runs the tasks and adds up what they come to.
   *
   * @throws JobException category RESOURCES when contributions are lost again and again, or there
   *     is no memory for them
   */
  WeightedSum sum() {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      for (int level = 0; level < levels.size() - 1; level++) {
        run(level, (place, handle) -> {}).await();
      }
      if (addUp()) {
        return sum;
      }
      forgetLost();
    }
    throw new JobException(
        FailureCategory.RESOURCES,
        "Cannot collect the results of a round: found some lost in each of %d runs one after another, expected all. The last: %s. Look in the executors' logs for what ends them."
            .formatted(MAX_ATTEMPTS, lastLoss));
  }

  /** When the workers' tasks were done, by {@link System#nanoTime}. */
  long trained() {
    return trained;
  }

  /** When the driver had the workers' results, or sums of them were begun. */
  long fetched() {
    return levels.size() > 1 ? trained : Math.max(trained, gathering.lastFetched());
  }

  /** Runs the last level, and adds up what it comes to meanwhile. */
  private boolean addUp() {
    int top = levels.size() - 1;
    gathering.noneToCome(false);
    LevelRun run = run(top, gathering::put);
    run.whenOver(() -> gathering.noneToCome(true));
    try {
      boolean all = gathering.addUp();
      run.await();
      return all;
    } catch (InterruptedException e) {
      throw run.interrupted();
    }
  }

  /** What the driver could not fetch is to be made again. */
  private void forgetLost() {
    gathering
        .takeLost()
        .forEach(
            (place, failure) -> {
              requireMemory(failure, "--driver-memory");
              lost(levels.size() - 1, place, failure.toString());
            });
  }

  private void lost(int level, int place, String reason) {
    LOG.warn("Contribution {} of level {} is lost: {}", place, level, reason);
    lastLoss = reason;
    levels.get(level)[place] = null;
  }

  private static void requireMemory(Throwable failure, String option) {
    if (ExceptionUtils.indexOfType(failure, OutOfMemoryError.class) >= 0) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot fetch the results of a round: found no memory for one of them, expected room for %d at once. Use a larger %s."
              .formatted(CentroidAveraging.ADDED_AT_ONCE + CentroidAveraging.FETCHED_AHEAD, option),
          failure);
    }
  }

  /** Starts the tasks of a level whose contributions are missing and whose members are there. */
  private LevelRun run(int level, BiConsumer<Integer, ResultHandle> put) {
    ResultHandle[] handles = levels.get(level);
    List<Object> missing =
        IntStream.range(0, handles.length)
            .filter(place -> handles[place] == null && members(level, place).isPresent())
            .boxed()
            .collect(Collectors.toList());
    RDD<TaskResult> tasks = level == 0 ? workers : new Sums(context, groups(level), exchange);
    return new LevelRun(
        context.submitJob(
            tasks,
            new FirstElement(),
            JavaConverters.asScalaBuffer(missing).toSeq(),
            new ResultHandler(
                (index, result) -> {
                  int place = (int) missing.get(index);
                  if (result instanceof ResultHandle handle) {
                    handles[place] = handle;
                    trained = level == 0 ? System.nanoTime() : trained;
                    put.accept(place, handle);
                  } else if (result instanceof LostMembers lost) {
                    for (int member : lost.indices()) {
                      lost(level - 1, member, lost.reason());
                    }
                  }
                }),
            new Nothing()));
  }

  /** What a place of a level adds up; nothing when some of it is missing. */
  private Optional<Group> members(int level, int place) {
    if (level == 0) {
      return Optional.of(new Group(place, place, List.of()));
    }
    ResultHandle[] below = levels.get(level - 1);
    int from = place * fanIn;
    List<ResultHandle> members =
        Arrays.asList(below).subList(from, Math.min(from + fanIn, below.length));
    return members.contains(null)
        ? Optional.empty()
        : Optional.of(new Group(place, from, List.copyOf(members)));
  }

  private List<Group> groups(int level) {
    return IntStream.range(0, levels.get(level).length)
        .mapToObj(
            place ->
                members(level, place).orElseGet(() -> new Group(place, place * fanIn, List.of())))
        .toList();
  }

  /** A job for a level under way. */
  private record LevelRun(SimpleFutureAction<BoxedUnit> job) {
    void whenOver(Runnable action) {
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

    void await() {
      try {
        Await.ready(job, Duration.Inf());
      } catch (InterruptedException e) {
        throw interrupted();
      } catch (TimeoutException e) {
        throw new IllegalStateException("There is no limit to the time of a job", e);
      }
      Try<BoxedUnit> end = job.value().get();
      if (end.isFailure()) {
        ExceptionUtils.rethrow(end.failed().get());
      }
    }

    JobException interrupted() {
      job.cancel();
      Thread.currentThread().interrupt();
      return new JobException(
          FailureCategory.INTERRUPTED, "Cannot go on training: found an interrupt.");
    }
  }

  /**
   * What one task adds up.
   *
   * @param index its place in its level
   * @param from the place of the first of them in theirs
   */
  private record Group(int index, int from, List<ResultHandle> members) implements Partition {}

  /** A level of sums: computing a partition is adding up one group. */
  private static final class Sums extends RDD<TaskResult> {
    private static final long serialVersionUID = 1;

    private final transient List<Group> groups;
    private final RoundExchange exchange;

    Sums(SparkContext context, List<Group> groups, RoundExchange exchange) {
      super(context, JavaConverters.asScalaBuffer(List.<Dependency<?>>of()).toSeq(), RESULT);
      this.groups = groups;
      this.exchange = exchange;
    }

    @Override
    public Partition[] getPartitions() {
      return groups.toArray(Partition[]::new);
    }

    @Override
    public Iterator<TaskResult> compute(Partition partition, TaskContext context) {
      try {
        return scala.collection.Iterator$.MODULE$.single(add((Group) partition));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    private TaskResult add(Group group) throws InterruptedException {
      WeightedSum sum = WeightedSum.onThisThread();
      Gathering gathering = new Gathering(exchange, group.members().size(), sum);
      for (int member = 0; member < group.members().size(); member++) {
        gathering.put(member, group.members().get(member));
      }
      gathering.noneToCome(true);
      if (gathering.addUp()) {
        return exchange.put(sum.partial(group.index()));
      }
      SortedMap<Integer, Throwable> lost = gathering.takeLost();
      lost.values().forEach(failure -> requireMemory(failure, "--executor-memory"));
      return new LostMembers(
          lost.keySet().stream().mapToInt(member -> group.from() + member).toArray(),
          String.valueOf(lost.get(lost.firstKey())));
    }
  }

  /** The one element of a partition. */
  private static final class FirstElement
      extends AbstractFunction1<Iterator<TaskResult>, TaskResult> implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public TaskResult apply(Iterator<TaskResult> partition) {
      return partition.next();
    }
  }

  /** Is told of each result by its place among the partitions that were asked for. */
  private static final class ResultHandler
      extends AbstractFunction2<Object, TaskResult, BoxedUnit> {
    private final BiConsumer<Integer, TaskResult> consumer;

    ResultHandler(BiConsumer<Integer, TaskResult> consumer) {
      this.consumer = consumer;
    }

    @Override
    public BoxedUnit apply(Object index, TaskResult result) {
      consumer.accept((Integer) index, result);
      return BoxedUnit.UNIT;
    }
  }

  /** What a job is worth beside the results it handed over. */
  private static final class Nothing extends AbstractFunction0<BoxedUnit> {
    @Override
    public BoxedUnit apply() {
      return BoxedUnit.UNIT;
    }
  }
}
