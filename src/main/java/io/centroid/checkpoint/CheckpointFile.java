package io.centroid.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.average.AveragingState;
import io.centroid.average.EpochTally;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.StateCoding;
import io.centroid.compute.TrainingState;
import io.centroid.json.Json;
import io.centroid.run.EpochRecord;
import io.centroid.run.RunId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A {@link Checkpoint} as bytes: the magic line, the header's length (int32, big-endian) and the
 * header as JSON, three {@link StateCoding states} (what workers start from; velocity and moving
 * average; the best epoch's), and the SHA-256 of all that.
 */
final class CheckpointFile {
  private static final byte[] MAGIC = "centroid checkpoint 3\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PIECE = 1 << 16;

  /** Length of the checksum, bytes. */
  private static final int SHA_256 = 32;

  private CheckpointFile() {}

  /** All of a checkpoint but its arrays. */
  private record Header(
      String run,
      int epoch,
      int round,
      EpochTally tally,
      long averagedRounds,
      int bestEpoch,
      Double bestAccuracy,
      int lastEpoch,
      List<EpochRecord> history) {}

  /** What a file holds. */
  record Content(String run, Checkpoint checkpoint) {}

  /** Writes a checkpoint of a run; the stream is closed by the caller. */
  static void write(RunId run, Checkpoint checkpoint, OutputStream out) throws IOException {
    TrainingPosition position = checkpoint.position();
    AveragingState state = position.state();
    BestModel best = checkpoint.best();
    byte[] header =
        Json.write(
                new Header(
                    run.value(),
                    position.epoch(),
                    position.round(),
                    position.tally(),
                    state.averagedRounds(),
                    best.epoch(),
                    best.accuracy(),
                    best.lastEpoch(),
                    checkpoint.history()))
            .getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = DigestUtils.getSha256Digest();
    DataOutputStream data = new DataOutputStream(new DigestOutputStream(out, digest));
    data.write(MAGIC);
    data.writeInt(header.length);
    data.write(header);
    data.write(StateCoding.encode(state.training()).array());
    data.write(
        StateCoding.encode(
                new TrainingState(state.velocity(), new float[][] {state.movingAverage()}, 0))
            .array());
    data.write(
        StateCoding.encode(best.state() == null ? TrainingState.EMPTY : best.state()).array());
    data.flush();
    out.write(digest.digest());
  }

  /** Opens a file, from its start. */
  @FunctionalInterface
  interface Source {
    /** A stream that the caller closes. */
    InputStream open() throws IOException;
  }

  /**
   * Reads a checkpoint, after making sure that it is whole.
   *
   * @param length of the file, bytes
   * @throws DamagedCheckpointException when it is not whole
   */
  static Content read(Source file, long length) throws IOException {
    try (InputStream in = file.open()) {
      verify(in, length);
    }
    try (InputStream in = file.open()) {
      return decode(new DataInputStream(in), length - SHA_256);
    } catch (JsonProcessingException e) {
      throw new DamagedCheckpointException("it has a header of another version");
    } catch (EOFException e) { // it has all its bytes
      throw new DamagedCheckpointException("it says that it is longer than it is");
    }
  }

  private static void verify(InputStream in, long length) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    if (length < MAGIC.length + SHA_256) {
      throw new DamagedCheckpointException("it has " + length + " bytes");
    }
    byte[] piece = new byte[PIECE];
    for (long left = length - SHA_256; left > 0; ) {
      int read = in.readNBytes(piece, 0, (int) Math.min(PIECE, left));
      if (read == 0) {
        throw new DamagedCheckpointException("it ends early");
      }
      digest.update(piece, 0, read);
      left -= read;
    }
    if (!MessageDigest.isEqual(digest.digest(), in.readNBytes(SHA_256 + 1))) {
      throw new DamagedCheckpointException("its checksum is wrong");
    }
  }

  private static Content decode(DataInputStream data, long bytes) throws IOException {
    if (!Arrays.equals(data.readNBytes(MAGIC.length), MAGIC)) {
      throw new DamagedCheckpointException("it is no checkpoint of this format");
    }
    int length = data.readInt();
    long left = bytes - MAGIC.length - Integer.BYTES - length;
    if (length < 0 || left < 0) {
      throw new EOFException();
    }
    Header header =
        Json.read(new String(data.readNBytes(length), StandardCharsets.UTF_8), Header.class);
    TrainingState training = StateCoding.decode(data, left);
    left -= StateCoding.size(training);
    TrainingState averages = StateCoding.decode(data, left);
    left -= StateCoding.size(averages);
    TrainingState best = StateCoding.decode(data, left);
    int parameters = training.parameters().length;
    if (left != StateCoding.size(best)
        || averages.updaterState().length != 1
        || !isOf(parameters, averages.parameters())
        || !isOf(parameters, averages.updaterState()[0])
        || best.parameters().length != (header.bestEpoch() == 0 ? 0 : parameters)
        || header.epoch() < 1
        || header.round() < 0) {
      throw new DamagedCheckpointException("its parts do not fit each other");
    }
    AveragingState state =
        new AveragingState(
            training, averages.parameters(), averages.updaterState()[0], header.averagedRounds());
    return new Content(
        header.run(),
        new Checkpoint(
            new TrainingPosition(header.epoch(), header.round(), state, header.tally()),
            new BestModel(
                header.bestEpoch() == 0 ? null : best,
                header.bestEpoch(),
                header.bestAccuracy(),
                header.lastEpoch()),
            header.history()));
  }

  /** Whether there is one value for each parameter, or none. */
  private static boolean isOf(int parameters, float[] values) {
    return values.length == 0 || values.length == parameters;
  }
}
