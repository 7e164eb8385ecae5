package io.centroid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.average.AveragingState;
import io.centroid.average.EpochTally;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.TrainingState;
import io.centroid.example.Coverage;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import io.centroid.run.RunId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;

public final class CheckpointFileTest {
  private static final RunId RUN = new RunId("0123456789ab");

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Checkpoint checkpoint = checkpoint();
    CheckpointFile.Content content = read(bytes(checkpoint));
    assertThat(content.run()).isEqualTo(RUN.value());
    assertThat(content.checkpoint()).usingRecursiveComparison().isEqualTo(checkpoint);
  }

  @Test
  void beforeTheFirstEpochThereIsNoBest() throws IOException {
    Checkpoint checkpoint =
        new Checkpoint(TrainingPosition.before(1, state(0)), BestModel.NONE, List.of());
    assertThat(read(bytes(checkpoint)).checkpoint())
        .usingRecursiveComparison()
        .isEqualTo(checkpoint);
  }

  @Test
  void everyDamagedByteAndEveryCutIsFound() throws IOException {
    byte[] whole = bytes(checkpoint());
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 4;
      assertThatThrownBy(() -> read(damaged)).as("byte %d", i).isInstanceOf(IOException.class);
      byte[] cut = Arrays.copyOf(whole, i);
      assertThatThrownBy(() -> read(cut)).as("cut at %d", i).isInstanceOf(IOException.class);
    }
  }

  /** Every number of it, with a checksum that is right: lengths are not believed. */
  @Test
  void whatSomebodyMadeUpIsRefusedOrRead() throws IOException {
    byte[] whole = bytes(checkpoint());
    for (int at = 0; at < whole.length - 32; at++) {
      for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1 << 24}) {
        byte[] made = whole.clone();
        ByteBuffer.wrap(made).putInt(at, value);
        ByteBuffer.wrap(made)
            .put(whole.length - 32, DigestUtils.sha256(Arrays.copyOf(made, whole.length - 32)));
        try {
          assertThat(read(made).checkpoint().position().state().training().parameters())
              .hasSameSizeAs(checkpoint().position().state().training().parameters());
        } catch (DamagedCheckpointException e) {
          assertThat(e).hasMessageStartingWith("it");
        }
      }
    }
  }

  /** A file that was written on Spark 3.5. */
  @Test
  void whatWasWrittenOnTheOtherLineOfSparkIsRead() throws IOException {
    byte[] written = resource("checkpoint-3.bin");
    assertThat(read(written).checkpoint()).usingRecursiveComparison().isEqualTo(checkpoint());
    assertThat(bytes(checkpoint())).isEqualTo(written);
  }

  /** Each of its timings is of one round. */
  @Test
  void whatWasWrittenBeforeRoundsWereToldTogetherIsRead() throws IOException {
    assertThat(read(resource("checkpoint-3-single-rounds.bin")).checkpoint())
        .usingRecursiveComparison()
        .isEqualTo(checkpoint(1));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream file = CheckpointFileTest.class.getResourceAsStream(name)) {
      return file.readAllBytes();
    }
  }

  private static byte[] bytes(Checkpoint checkpoint) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CheckpointFile.write(RUN, checkpoint, out);
    return out.toByteArray();
  }

  private static CheckpointFile.Content read(byte[] bytes) throws IOException {
    return CheckpointFile.read(() -> new ByteArrayInputStream(bytes), bytes.length);
  }

  /** A checkpoint of epoch 3. */
  public static Checkpoint checkpoint() {
    return checkpoint(3);
  }

  private static Checkpoint checkpoint(int rounds) {
    RoundTiming timing = new RoundTiming(rounds, 320, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    AveragingState averaging =
        new AveragingState(state(7), new float[] {1, -0f}, new float[] {Float.MIN_VALUE, 2}, 9);
    return new Checkpoint(
        new TrainingPosition(
            3,
            2,
            averaging,
            new EpochTally(
                new Coverage(640, -7), 700.5, 20, 1 / 3.0, 0.25, List.of(timing, timing))),
        new BestModel(state(5), 1, 0.1 + 0.2, 2),
        List.of(
            new EpochRecord(1, 2.5, 2.25, 0.3, true, 100, 4, 1.5, 66.7, List.of(timing)),
            new EpochRecord(2, 2.4, null, null, false, 100, 4, 1.5, 66.7, List.of())));
  }

  private static TrainingState state(int iteration) {
    return new TrainingState(
        new float[] {iteration, 0.1f}, new float[][] {{0.5f, 3}, {1e-30f, 4}}, iteration);
  }
}
