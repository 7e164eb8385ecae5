package io.centroid.average;

import io.centroid.average.RoundExchange.ResultHandle;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.TaskContext;

/**
 * Fetches contributions as they are put, and adds them up in order of their places. At any time
 * there are at most {@link CentroidAveraging#FETCHED_AHEAD} that are on their way or wait for those
 * before them, beside what the {@link WeightedSum} holds.
 */
final class Gathering {
  private static final long PATIENCE_MILLIS = 100;

  private final RoundExchange exchange;
  private final WeightedSum sum;
  private final ResultHandle[] handles;
  private final boolean[] asked;
  private final Contribution[] fetched;
  private final SortedMap<Integer, Throwable> lost = new TreeMap<>();
  private int added;
  private boolean noneToCome;
  private long lastFetched;

  /**
   * Gathers {@code count} contributions, with places 0 to count - 1.
   *
   * @param sum what they are added to
   */
  Gathering(RoundExchange exchange, int count, WeightedSum sum) {
    this.exchange = exchange;
    this.sum = sum;
    this.handles = new ResultHandle[count];
    this.asked = new boolean[count];
    this.fetched = new Contribution[count];
  }

  /** A contribution can be fetched; again, when it was lost before. Returns at once. */
  synchronized void put(int place, ResultHandle handle) {
    handles[place] = handle;
    fetchNext();
  }

  /** Nobody will put more, for now. */
  synchronized void noneToCome(boolean none) {
    noneToCome = none;
    notifyAll();
  }

  private void fetchNext() {
    int end = Math.min(added + CentroidAveraging.FETCHED_AHEAD, handles.length);
    for (int place = added; place < end; place++) {
      if (handles[place] != null && !asked[place]) {
        asked[place] = true;
        int at = place;
        CompletableFuture<?> unused =
            exchange
                .fetch(handles[place])
                .whenComplete((contribution, failure) -> arrived(at, contribution, failure));
      }
    }
  }

  private synchronized void arrived(int place, Contribution contribution, Throwable failure) {
    lastFetched = System.nanoTime();
    if (failure == null) {
      fetched[place] = contribution;
    } else {
      lost.put(place, failure);
    }
    notifyAll();
  }

  /**
   * Adds up until all are in, or the next one in order is lost or was not put.
   *
   * @return whether all are in
   */
  boolean addUp() throws InterruptedException {
    while (added < handles.length) {
      Contribution next;
      synchronized (this) {
        while (fetched[added] == null) {
          if (lost.containsKey(added) || (noneToCome && handles[added] == null)) {
            return false;
          }
          wait(PATIENCE_MILLIS);
          TaskContext task = TaskContext.get();
          if (task != null) {
            task.killTaskIfInterrupted(); // killing a task wakes nobody
          }
        }
        next = fetched[added];
        fetched[added] = null;
      }
      sum.add(next);
      synchronized (this) {
        added++;
        fetchNext();
      }
    }
    return true;
  }

  /** The places of contributions that could not be fetched, and why; they may be put again. */
  synchronized SortedMap<Integer, Throwable> takeLost() {
    SortedMap<Integer, Throwable> taken = new TreeMap<>(lost);
    taken
        .keySet()
        .forEach(
            place -> {
              handles[place] = null;
              asked[place] = false;
            });
    lost.clear();
    return taken;
  }

  /** When the last contribution came, by {@link System#nanoTime}. */
  synchronized long lastFetched() {
    return lastFetched;
  }
}
