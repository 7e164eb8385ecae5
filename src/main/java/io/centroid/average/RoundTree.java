package io.centroid.average;

import io.centroid.average.RoundExchange.LostMembers;
import io.centroid.average.RoundExchange.ResultHandle;
import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.deal.WorkerShare;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.AsyncJob;
import io.centroid.job.ScalaCollections;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

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
  private final Workers workers;
  private final RoundExchange exchange;
  private final int fanIn;

  /** What was put so far, level by level; null what was not, or was lost. */
  private final List<ResultHandle[]> levels = new ArrayList<>();

  private final WeightedSum sum = WeightedSum.onAllCores();
  private final Gathering gathering;
  private volatile long trained;
  private volatile String lastLoss;

  /**
   * A round.
   *
   * @param shares partition w is the share of worker w
   * @param steps how workers train
   * @param round the round in the epoch, from 0
   * @param exchange where the state to start from is and results go
   * @param fanIn how many are added up in one place
   */
  RoundTree(
      JavaSparkContext context,
      JavaRDD<WorkerShare> shares,
      WorkerSteps steps,
      int round,
      RoundExchange exchange,
      int fanIn) {
    this.context = context.sc();
    this.workers = new Workers(shares, exchange, steps, round);
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
    AsyncJob run = run(top, gathering::put);
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
  private AsyncJob run(int level, BiConsumer<Integer, ResultHandle> put) {
    ResultHandle[] handles = levels.get(level);
    List<Integer> missing =
        IntStream.range(0, handles.length)
            .filter(place -> handles[place] == null && members(level, place).isPresent())
            .boxed()
            .toList();
    RDD<TaskResult> tasks = level == 0 ? workers : new Sums(context, groups(level), exchange);
    return AsyncJob.submit(
        context,
        tasks,
        missing,
        (index, result) -> {
          int place = missing.get(index);
          if (result instanceof ResultHandle handle) {
            handles[place] = handle;
            trained = level == 0 ? System.nanoTime() : trained;
            put.accept(place, handle);
          } else if (result instanceof LostMembers lost) {
            for (int member : lost.indices()) {
              lost(level - 1, member, lost.reason());
            }
          }
        });
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

  /**
   * The level of the workers: computing partition w is the work of worker w.
   *
   * <p>An RDD of its own instead of a function given to {@code mapPartitions}, because Spark reads
   * the byte code of such functions each time, to clean their closures: some milliseconds of every
   * round.
   */
  private static final class Workers extends RDD<TaskResult> {
    private static final long serialVersionUID = 1;

    private final JavaRDD<WorkerShare> shares;
    private final RoundExchange exchange;
    private final WorkerSteps steps;
    private final int round;

    Workers(JavaRDD<WorkerShare> shares, RoundExchange exchange, WorkerSteps steps, int round) {
      super(shares.rdd(), RESULT);
      this.shares = shares;
      this.exchange = exchange;
      this.steps = steps;
      this.round = round;
    }

    @Override
    public Iterator<TaskResult> compute(Partition worker, TaskContext context) {
      WorkerShare share = shares.rdd().iterator(worker, context).next();
      return scala.collection.Iterator$.MODULE$.single(
          exchange.put(steps.train(share, round, exchange::start)));
    }

    @Override
    public Partition[] getPartitions() {
      return shares.rdd().partitions();
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
      super(context, ScalaCollections.sequence(List.<Dependency<?>>of()), RESULT);
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
}
