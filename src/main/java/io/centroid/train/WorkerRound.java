package io.centroid.train;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;

/**
 * One round of every logical worker: start from the broadcast state, train the next minibatches of
 * the share, hand back the state.
 *
 * @param state the state to start from
 * @param configurationJson the network
 * @param trainingId which training this is, for {@link TrainerPool}
 * @param localStep how to train
 * @param epoch the epoch, from 1
 * @param round the round in the epoch, from 0
 */
record WorkerRound(
    Broadcast<TrainingState> state,
    Broadcast<String> configurationJson,
    String trainingId,
    LocalStep localStep,
    ExampleShape shape,
    RoundPlan plan,
    int epoch,
    int round)
    implements Function2<Integer, Iterator<ExampleBlock>, Iterator<Contribution>> {

  @Override
  public Iterator<Contribution> call(Integer worker, Iterator<ExampleBlock> blocks) {
    int from = plan.from(worker, round);
    int to = plan.from(worker, round + 1);
    if (from == to) {
      return List.<Contribution>of(WorkerResult.idle(worker)).iterator();
    }
    WorkerShare share = new WorkerShare(blocks);
    LocalTrainer trainer =
        TrainerPool.ofThisJvm()
            .borrow(trainingId, () -> localStep.trainer(configurationJson.value(), shape));
    WorkerResult result;
    try {
      result = train(worker, share, trainer, from, to);
    } catch (RuntimeException | Error e) {
      trainer.close();
      throw e;
    }
    TrainerPool.ofThisJvm().giveBack(trainingId, trainer);
    return List.<Contribution>of(result).iterator();
  }

  private WorkerResult train(
      int worker, WorkerShare share, LocalTrainer trainer, int from, int to) {
    long begin = System.nanoTime();
    int[] order = ExampleOrder.epochOrder(plan.seed(), epoch, worker, share.size());
    int capacity = Math.min(plan.minibatchSize(), to - from);
    float[] features = new float[capacity * shape.featureCount()];
    float[] labels = new float[capacity * shape.labelCount()];
    trainer.start(state.value(), ExampleOrder.streamSeed(plan.seed(), epoch, worker) + round);
    double lossSum = 0;
    long steps = 0;
    for (int position = from; position < to; position += plan.minibatchSize()) {
      int examples = Math.min(plan.minibatchSize(), to - position);
      share.gather(order, position, examples, features, labels);
      lossSum += trainer.step(features, labels, examples) * examples;
      steps++;
    }
    return new WorkerResult(
        worker, trainer.state(), (long) to - from, steps, lossSum, System.nanoTime() - begin);
  }
}
