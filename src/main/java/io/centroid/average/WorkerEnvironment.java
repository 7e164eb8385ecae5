package io.centroid.average;

import io.centroid.collective.PeerHost;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.TrainingState;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;

/**
 * What one JVM keeps for one training from task to task: local trainers, because making one
 * (parsing the configuration, allocating native memory) costs more than many steps; the state that
 * was fetched last; and, where tasks run in the driver's JVM, the {@link ReferenceExchange.Round
 * rounds} under way. Trainings that run at the same time have nothing in common.
 *
 * <p>It is made when it is first asked for and ends with the {@link TrainingSession}.
 */
final class WorkerEnvironment {
  /**
   * By the id of the training. Static because a task is made from bytes on its executor and is
   * handed nothing that lives there: all it can do is look up what it knows the name of.
   */
  private static final ConcurrentMap<String, WorkerEnvironment> OPEN = new ConcurrentHashMap<>();

  private final Deque<LocalTrainer> idle = new ArrayDeque<>();
  private int lent;
  private boolean released;
  private final Map<Long, ReferenceExchange.Round> rounds = new ConcurrentHashMap<>();
  private long lastRound;
  private final Object fetching = new Object();
  private CachedState cached = new CachedState(0, new WeakReference<>(null));
  private final Map<BlockId, Long> blocks = new HashMap<>();
  private long newestBlockRound;

  /** The state that a round starts from, as long as a task uses it. */
  private record CachedState(long round, WeakReference<TrainingState> state) {}

  /**
   * How much there is, for tests.
   *
   * @param trainers lent or idle
   * @param rounds under way
   */
  record Holdings(int trainers, int rounds) {}

  private final PeerHost peers = new PeerHost();

  private WorkerEnvironment() {}

  /** The groups that this JVM's tasks take part in. */
  PeerHost peers() {
    return peers;
  }

  /** The environment of a training in this JVM. */
  static WorkerEnvironment of(String training) {
    return OPEN.computeIfAbsent(training, id -> new WorkerEnvironment());
  }

  /**
   * Closes the trainers of a training; those that are lent now, when they are given back. Rounds
   * under way go on.
   */
  static void release(String training) {
    OPEN.computeIfPresent(
        training, (id, environment) -> environment.release() ? null : environment);
  }

  /** What every training has in this JVM. */
  static Map<String, Holdings> holdings() {
    Map<String, Holdings> all = new HashMap<>();
    OPEN.forEach((training, environment) -> all.put(training, environment.count()));
    return all;
  }

  /** A trainer that nobody else uses; to be given back or closed by {@link #discard}. */
  LocalTrainer borrow(Supplier<LocalTrainer> make) {
    synchronized (this) {
      lent++;
      LocalTrainer trainer = idle.poll();
      if (trainer != null) {
        return trainer;
      }
    }
    try {
      return make.get();
    } catch (RuntimeException | Error e) {
      returned();
      throw e;
    }
  }

  /** Keeps a trainer for the next borrower. */
  synchronized void giveBack(LocalTrainer trainer) {
    returned();
    if (released) {
      trainer.close();
    } else {
      idle.push(trainer);
    }
  }

  /** Closes a trainer that was borrowed. */
  void discard(LocalTrainer trainer) {
    returned();
    trainer.close();
  }

  private synchronized void returned() {
    lent--;
  }

  /**
   * The state that a round starts from, fetched by the first task that asks for it and shared by
   * the others; read only.
   */
  TrainingState start(long round, Supplier<TrainingState> fetch) {
    synchronized (fetching) {
      TrainingState state = cached.round() == round ? cached.state().get() : null;
      if (state == null) {
        state = fetch.get();
        cached = new CachedState(round, new WeakReference<>(state));
      }
      return state;
    }
  }

  /**
   * Remembers a block that a task stored for a round. The driver has those of a round removed when
   * it is over; but a task that is killed in the middle of a step goes on to the end of it, and may
   * store its block after that: it is removed here, with the next one.
   *
   * @param round of later rounds larger
   * @param unwanted whether the task was killed
   */
  void stored(long round, BlockId block, boolean unwanted) {
    List<BlockId> stale;
    synchronized (this) {
      newestBlockRound = Math.max(newestBlockRound, round);
      blocks.put(block, unwanted ? Long.MIN_VALUE : round);
      stale =
          blocks.entrySet().stream()
              .filter(each -> each.getValue() < newestBlockRound)
              .map(Map.Entry::getKey)
              .toList();
      stale.forEach(blocks::remove);
    }
    BlockManager manager = SparkEnv.get().blockManager();
    stale.stream()
        .filter(each -> manager.getStatus(each).isDefined())
        .forEach(each -> manager.removeBlock(each, true));
  }

  /** Begins a round in this JVM, which lasts until {@link #closeRound}; its number. */
  static long openRound(String training, ReferenceExchange.Round round) {
    long[] number = new long[1];
    OPEN.compute(
        training,
        (id, present) -> {
          WorkerEnvironment environment = present == null ? new WorkerEnvironment() : present;
          number[0] = ++environment.lastRound;
          environment.rounds.put(number[0], round);
          return environment;
        });
    return number[0];
  }

  /** Forgets a round and the arrays of its contributions. */
  static void closeRound(String training, long round) {
    OPEN.computeIfPresent(
        training,
        (id, environment) -> {
          environment.rounds.remove(round);
          return environment;
        });
  }

  /**
   * A round under way in this JVM.
   *
   * @throws IllegalStateException when it is over
   */
  static ReferenceExchange.Round round(String training, long number) {
    WorkerEnvironment environment = OPEN.get(training);
    ReferenceExchange.Round round = environment == null ? null : environment.rounds.get(number);
    if (round == null) {
      throw new IllegalStateException("Cannot take part in a round: it is over.");
    }
    return round;
  }

  /** Whether nothing of this environment is needed any more. */
  private synchronized boolean release() {
    idle.forEach(LocalTrainer::close);
    idle.clear();
    peers.close();
    released = rounds.isEmpty();
    return released;
  }

  private synchronized Holdings count() {
    return new Holdings(lent + idle.size(), rounds.size());
  }
}
