package io.centroid.average;

import io.centroid.average.Contribution.WorkerResult;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.StepRecipe;
import io.centroid.compute.TrainingState;
import io.centroid.deal.EpochOrder;
import io.centroid.deal.ExampleOrder;
import io.centroid.deal.WorkerShare;
import io.centroid.example.Augmentation;
import io.centroid.example.Coverage;
import io.centroid.example.ExampleShape;
import io.centroid.example.Minibatch;
import java.io.Serializable;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How a logical worker trains in a round: from the common state, the next minibatches of its share.
 *
 * @param session the training; destroyed when it ends
 * @param recipe how to train
 * @param epoch the epoch, from 1
 */
record WorkerSteps(
    Broadcast<TrainingSession> session,
    StepRecipe recipe,
    ExampleShape shape,
    RoundPlan plan,
    int epoch)
    implements Serializable {

  /**
   * Trains a worker.
   *
   * @param round the round in the epoch, from 0
   * @param start gives the state to start from; asked for once
   */
  WorkerResult train(WorkerShare share, int round, Supplier<TrainingState> start) {
    int worker = share.worker();
    int from = plan.from(worker, round);
    int to = plan.from(worker, round + 1);
    if (from == to) {
      return WorkerResult.idle(worker);
    }
    TrainingSession training = session.value();
    WorkerEnvironment environment = training.environment();
    LocalTrainer trainer =
        environment.borrow(() -> recipe.trainer(training.configurationJson(), shape));
    WorkerResult result;
    try {
      result = train(share, trainer, from, to, start);
    } catch (RuntimeException | Error e) {
      environment.discard(trainer);
      throw e;
    }
    if (TaskContext.get().isInterrupted()) {
      // Killed, so the training may be over: nobody would free what is kept.
      environment.discard(trainer);
    } else {
      environment.giveBack(trainer);
    }
    return result;
  }

  private WorkerResult train(
      WorkerShare share, LocalTrainer trainer, int from, int to, Supplier<TrainingState> first) {
    long asked = System.nanoTime();
    TrainingState start = first.get();
    long begin = System.nanoTime();
    EpochOrder order = share.order(epoch);
    Minibatch minibatch =
        new Minibatch(
            Math.min(plan.minibatchSize(), to - from),
            shape,
            Augmentation.of(recipe.augmentation(), plan.seed(), epoch));
    long seed = ExampleOrder.streamSeed(plan.seed(), epoch, share.worker());
    trainer.start(start);
    Coverage used = Coverage.NONE;
    double weight = 0;
    double lossSum = 0;
    int steps = 0;
    for (int position = from; position < to; position += plan.minibatchSize()) {
      int examples = Math.min(plan.minibatchSize(), to - position);
      share.gather(order, position, examples, minibatch);
      lossSum += trainer.step(minibatch, seed + position) * minibatch.weight();
      weight += minibatch.weight();
      used = used.plus(minibatch.coverage());
      steps++;
    }
    TrainingState end = trainer.finish();
    return new WorkerResult(
        share.worker(),
        end,
        RoundTally.of(used, weight, steps, lossSum, begin - asked, System.nanoTime() - begin));
  }
}
