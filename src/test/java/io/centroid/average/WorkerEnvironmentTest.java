package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.average.Contribution.WorkerResult;
import io.centroid.average.WorkerEnvironment.Holdings;
import io.centroid.compute.LocalTrainer;
import io.centroid.compute.TrainingState;
import io.centroid.example.Minibatch;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkerEnvironmentTest {
  private final String training = UUID.randomUUID().toString();
  private final String other = UUID.randomUUID().toString();

  @AfterEach
  void nothingIsLeft() {
    WorkerEnvironment.release(training);
    WorkerEnvironment.release(other);
    assertThat(WorkerEnvironment.holdings()).doesNotContainKeys(training, other);
  }

  @Test
  void aTrainerThatIsGivenBackIsLentAgain() {
    WorkerEnvironment environment = WorkerEnvironment.of(training);
    LocalTrainer first = environment.borrow(Trainer::new);
    LocalTrainer second = environment.borrow(Trainer::new);
    assertThat(second).isNotSameAs(first);
    environment.giveBack(first);
    assertThat(environment.borrow(Trainer::new)).isSameAs(first);
    assertThat(holdings(training)).isEqualTo(new Holdings(2, 0));
  }

  @Test
  void trainingsDoNotCloseEachOthersTrainers() {
    Trainer ours = new Trainer();
    Trainer theirs = new Trainer();
    WorkerEnvironment.of(training).giveBack(WorkerEnvironment.of(training).borrow(() -> ours));
    WorkerEnvironment.of(other).giveBack(WorkerEnvironment.of(other).borrow(() -> theirs));
    assertThat(ours.closed).isFalse();
    WorkerEnvironment.release(other);
    assertThat(theirs.closed).isTrue();
    assertThat(ours.closed).isFalse();
    assertThat(holdings(training)).isEqualTo(new Holdings(1, 0));
  }

  @Test
  void aTrainerThatIsLentWhenItsTrainingEndsIsClosedWhenItIsGivenBack() {
    Trainer idle = new Trainer();
    Trainer lent = new Trainer();
    WorkerEnvironment environment = WorkerEnvironment.of(training);
    environment.borrow(() -> idle);
    environment.borrow(() -> lent);
    environment.giveBack(idle);
    new TrainingSession(training, "").close();
    assertThat(idle.closed).isTrue();
    assertThat(lent.closed).isFalse();
    environment.giveBack(lent);
    assertThat(lent.closed).isTrue();
  }

  @Test
  void aTrainerThatCannotBeMadeOrFailsIsNotCounted() {
    WorkerEnvironment environment = WorkerEnvironment.of(training);
    assertThatThrownBy(
            () ->
                environment.borrow(
                    () -> {
                      throw new IllegalStateException("no memory");
                    }))
        .hasMessage("no memory");
    Trainer failing = new Trainer();
    environment.discard(environment.borrow(() -> failing));
    assertThat(failing.closed).isTrue();
    assertThat(holdings(training)).isEqualTo(new Holdings(0, 0));
  }

  /** Spark closes the session when its memory is short, too. */
  @Test
  void aRoundUnderWayOutlivesTheTrainersAndEndsWithItsExchange() {
    Trainer idle = new Trainer();
    RoundExchange exchange = ReferenceExchange.open(training, TrainingState.EMPTY);
    WorkerEnvironment environment = WorkerEnvironment.of(training);
    environment.giveBack(environment.borrow(() -> idle));
    WorkerResult result = WorkerResult.idle(3);
    RoundExchange.ResultHandle handle = exchange.put(result);
    WorkerEnvironment.release(training);
    assertThat(idle.closed).isTrue();
    assertThat(exchange.fetch(handle).join()).isSameAs(result);
    assertThat(holdings(training)).isEqualTo(new Holdings(0, 1));
    exchange.close();
    assertThat(holdings(training)).isEqualTo(new Holdings(0, 0));
    assertThatThrownBy(exchange::start).hasMessage("Cannot take part in a round: it is over.");
  }

  @Test
  void theStateOfARoundIsFetchedOnce() {
    WorkerEnvironment environment = WorkerEnvironment.of(training);
    TrainingState first = state(1);
    assertThat(environment.start(7, () -> first)).isSameAs(first);
    assertThat(environment.start(7, () -> state(2))).isSameAs(first);
    TrainingState next = state(3);
    assertThat(environment.start(8, () -> next)).isSameAs(next);
  }

  private static Holdings holdings(String of) {
    return WorkerEnvironment.holdings().get(of);
  }

  private static TrainingState state(int iteration) {
    return new TrainingState(new float[] {1}, new float[0][], iteration);
  }

  /** Trains nothing. */
  private static final class Trainer implements LocalTrainer {
    private boolean closed;

    @Override
    public void start(TrainingState state) {}

    @Override
    public double step(Minibatch minibatch, long randomSeed) {
      return 0;
    }

    @Override
    public TrainingState finish() {
      return TrainingState.EMPTY;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
