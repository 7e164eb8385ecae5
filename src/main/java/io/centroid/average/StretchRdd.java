package io.centroid.average;

import io.centroid.average.Contribution.WorkerResult;
import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.collective.LostPeerException;
import io.centroid.collective.Membership;
import io.centroid.collective.PeerHost;
import io.centroid.collective.Peers;
import io.centroid.collective.Peers.Note;
import io.centroid.compute.TrainingState;
import io.centroid.deal.LostBlockException;
import io.centroid.deal.WorkerShare;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.ScalaCollections;
import io.centroid.run.RoundTiming;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.concurrent.Future;

/**
 * Some rounds in one job: computing partition m is the work of member m of a group of tasks, each
 * of which trains several workers. Member 0 tells the driver of every round, and returns where the
 * state after the last one is; the others return nothing.
 *
 * <p>All tasks start at once or none, by Spark's barrier mode, which wants no dependencies with
 * other numbers of partitions: shares are looked up, not depended on, and their blocks only read.
 * To make one again in such a task may need shuffled pieces that are lost too, which Spark would
 * look for in vain among what the job depends on, and then end the application.
 */
final class StretchRdd extends RDD<TaskResult> {
  private static final long serialVersionUID = 1;
  private static final double NANOS = 1e9;

  private final Stretch stretch;
  private final RDD<WorkerShare> shares;
  private final WorkerSteps steps;
  private final RoundExchange exchange;
  private final OuterStep outer;

  /**
   * Which rounds, and how they are made.
   *
   * @param attempt no other group of tasks has it
   * @param rendezvous where they find each other
   * @param members how many tasks there are
   * @param from the first round in the epoch, from 0
   * @param to the round before which it ends
   * @param fanIn how many are added up in one place
   * @param averaged rounds in the moving average before the first one
   * @param arrays how many of those to start from are the training state; the rest is kept by those
   *     who own its ranges
   * @param iteration t of the state to start from
   */
  record Stretch(
      long attempt,
      String rendezvous,
      int members,
      int from,
      int to,
      int fanIn,
      long averaged,
      int arrays,
      int iteration)
      implements Serializable {}

  /**
   * What member 0 tells of a round.
   *
   * @param timing where its time went; no slot and no driver
   */
  record RoundReport(int round, RoundTally tally, RoundTiming timing) implements Serializable {}

  /**
   * Why a member cannot go on.
   *
   * @param category of what is known to be no use trying again; null otherwise
   * @param lost whether something was lost with an executor
   * @param unreachable whether there is no way from one executor to another
   */
  record Trouble(FailureCategory category, boolean lost, boolean unreachable, String message)
      implements Serializable {}

  StretchRdd(
      RDD<WorkerShare> shares,
      Stretch stretch,
      WorkerSteps steps,
      RoundExchange exchange,
      OuterStep outer) {
    super(shares.context(), ScalaCollections.sequence(List.<Dependency<?>>of()), RoundTree.RESULT);
    this.shares = lookedUp(shares);
    this.stretch = stretch;
    this.steps = steps;
    this.exchange = exchange;
    this.outer = outer;
  }

  /** Has an RDD find out on the driver what Spark has it find out of those depended on. */
  private static <T> RDD<T> lookedUp(RDD<T> rdd) {
    rdd.partitions();
    ScalaCollections.list(rdd.dependencies()).stream()
        .filter(each -> each instanceof NarrowDependency)
        .forEach(each -> lookedUp(each.rdd()));
    return rdd;
  }

  @Override
  public boolean isBarrier() {
    return true;
  }

  private record Member(int index) implements Partition {}

  @Override
  public Partition[] getPartitions() {
    return Stream.iterate(0, member -> member + 1)
        .limit(stretch.members())
        .map(Member::new)
        .toArray(Partition[]::new);
  }

  @Override
  public Iterator<TaskResult> compute(Partition member, TaskContext task) {
    PeerHost host = steps.session().value().environment().peers();
    Peers peers = host.enter(stretch.attempt(), stretch.rendezvous(), stretch.fanIn());
    try {
      return new Task(member.index(), task, peers).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      host.leave(peers);
    }
  }

  /** One member's work. */
  private final class Task {
    private final int member;
    private final TaskContext task;
    private final Peers peers;
    private final long asked = System.nanoTime();
    private Membership group;
    private int[] workers;
    private Future<Object> told;
    private long before;

    Task(int member, TaskContext task, Peers peers) {
      this.member = member;
      this.task = task;
      this.peers = peers;
    }

    Iterator<TaskResult> run() throws InterruptedException {
      try {
        return train();
      } catch (TaskKilledException e) {
        throw e; // somebody else told why
      } catch (RuntimeException | OutOfMemoryError e) {
        peers.failed(trouble(e));
        throw e;
      }
    }

    private Iterator<TaskResult> train() throws InterruptedException {
      float[][] all = exchange.start().arrays();
      float[][] start = Arrays.copyOf(all, stretch.arrays());
      group = peers.join(member, start, Arrays.copyOfRange(all, start.length, all.length));
      workers = group.workersOf(member);
      int iteration = stretch.iteration();
      int rounds = 0;
      before = System.nanoTime();
      long down = before - asked;
      RoundTally tally = RoundTally.NONE;
      for (boolean goesOn = true; goesOn && rounds < stretch.to() - stretch.from(); rounds++) {
        trainWorkers(rounds, TrainingState.of(peers.start(rounds), iteration));
        Peers.Times times = peers.reduce(rounds, member, outerStep(rounds));
        List<WorkerNote> notes = Stream.of(peers.notes(rounds)).map(WorkerNote::of).toList();
        tally = RoundTally.of(notes.stream().map(WorkerNote::tally).toList(), stretch.fanIn());
        iteration += tally.longestSteps();
        goesOn =
            Double.isFinite(tally.meanLoss()) && notes.stream().noneMatch(WorkerNote::endsHere);
        if (member == 0) {
          RoundTiming timing = timing(notes, tally.examples(), times, down);
          told = peers.report(new RoundReport(stretch.from() + rounds, tally, timing));
          down = 0;
        }
      }
      float[][] kept = peers.gather(member);
      if (member != 0) {
        return ScalaCollections.<TaskResult>sequence(List.of()).iterator();
      }
      peers.answer(told);
      float[][] end = Arrays.copyOf(peers.start(rounds), start.length + kept.length);
      System.arraycopy(kept, 0, end, start.length, kept.length);
      return scala.collection.Iterator$.MODULE$.single(
          exchange.put(new WorkerResult(0, TrainingState.of(end, iteration), tally)));
    }

    private void trainWorkers(int rounds, TrainingState start) throws InterruptedException {
      boolean endsHere = member == 0 && isToldToEnd();
      for (int worker : workers) {
        task.killTaskIfInterrupted();
        WorkerShare share = shares.iterator(shares.partitions()[worker], task).next();
        WorkerResult result = steps.train(share, stretch.from() + rounds, () -> start);
        byte[] note = new WorkerNote(endsHere, result.tally()).bytes();
        peers.contribute(
            rounds,
            worker,
            new Note(result.tally().weight(), note),
            result.state().inSlots().arrays());
      }
    }

    private boolean isToldToEnd() {
      return told != null
          && told.isCompleted()
          && told.value().get().isSuccess()
          && !(Boolean) told.value().get().get();
    }

    private Peers.OuterStep outerStep(int rounds) {
      return (array, from, length, start, mean, kept) -> {
        if (array == 0) {
          outer.apply(from, from + length, start[0], mean[0], kept, stretch.averaged() + rounds);
        }
      };
    }

    /** Where the time of a round went, as this member met it. */
    private RoundTiming timing(
        List<WorkerNote> notes, long examples, Peers.Times times, long down) {
      long[] steps = new long[stretch.members()];
      for (int worker = 0; worker < notes.size(); worker++) {
        steps[group.memberOf()[worker]] += notes.get(worker).tally().all().steps();
      }
      long compute = Arrays.stream(steps).max().orElse(0);
      long now = System.nanoTime();
      long whole = now - before;
      long back = times.whole() - times.folded();
      before = now;
      return new RoundTiming(
          1,
          examples,
          0,
          (down + back) / NANOS,
          compute / NANOS,
          Math.max(0, whole - compute - times.folding() - back) / NANOS,
          times.folding() / NANOS,
          0);
    }
  }

  /**
   * What a worker tells the others of its round.
   *
   * @param endsHere whether this is the last one, because the driver said so
   */
  private record WorkerNote(boolean endsHere, RoundTally tally) {
    byte[] bytes() {
      byte[] counts = tally.bytes();
      byte[] bytes = Arrays.copyOf(counts, counts.length + 1);
      bytes[counts.length] = (byte) (endsHere ? 1 : 0);
      return bytes;
    }

    static WorkerNote of(Note note) {
      byte[] bytes = note.content();
      return new WorkerNote(bytes[bytes.length - 1] != 0, RoundTally.of(ByteBuffer.wrap(bytes)));
    }
  }

  private static Trouble trouble(Throwable reason) {
    if (reason instanceof JobException known) {
      return new Trouble(known.category(), false, false, known.getMessage());
    }
    if (reason instanceof OutOfMemoryError) {
      return new Trouble(
          FailureCategory.RESOURCES,
          false,
          false,
          "Cannot go on training: found too little memory on an executor (%s). Use a larger --executor-memory."
              .formatted(reason.getMessage()));
    }
    if (reason instanceof LostPeerException lost) {
      return new Trouble(null, true, lost.isUnreachable(), lost.getMessage());
    }
    return reason instanceof LostBlockException
        ? new Trouble(null, true, false, reason.getMessage())
        : new Trouble(null, false, false, reason.toString());
  }
}
