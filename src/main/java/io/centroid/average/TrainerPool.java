package io.centroid.average;

import io.centroid.compute.LocalTrainer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The local trainers of one executor, kept between rounds because making one (parsing the
 * configuration, allocating native memory) costs more than many steps. At most one per task slot
 * exists; they belong to one training, and the first borrower of another training closes them.
 */
final class TrainerPool {
  private static final TrainerPool OF_THIS_JVM = new TrainerPool();

  private final Deque<LocalTrainer> idle = new ArrayDeque<>();
  private String trainingId = "";

  private TrainerPool() {}

  /** The pool of this JVM. */
  static TrainerPool ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** A trainer of the given training that nobody else uses. */
  LocalTrainer borrow(String training, Supplier<LocalTrainer> make) {
    synchronized (this) {
      if (!training.equals(trainingId)) {
        closeIdle();
        trainingId = training;
      }
      LocalTrainer trainer = idle.poll();
      if (trainer != null) {
        return trainer;
      }
    }
    return make.get();
  }

  /** Gives a trainer back; one of another training than the current one is closed. */
  synchronized void giveBack(String training, LocalTrainer trainer) {
    if (training.equals(trainingId)) {
      idle.push(trainer);
    } else {
      trainer.close();
    }
  }

  /** Closes the trainers of a training that is over. */
  synchronized void release(String training) {
    if (training.equals(trainingId)) {
      closeIdle();
      trainingId = "";
    }
  }

  private void closeIdle() {
    idle.forEach(LocalTrainer::close);
    idle.clear();
  }
}
