package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class StateCodingTest {

  @Property(tries = 100)
  void whatIsEncodedIsDecodedToTheBit(
      @ForAll @IntRange(max = 40_000) int parameters,
      @ForAll @IntRange(max = 3) int slots,
      @ForAll int iteration,
      @ForAll long seed)
      throws IOException {
    TrainingState state = state(parameters, slots, iteration, seed);
    TrainingState decoded =
        StateCoding.decode(in(StateCoding.encode(state).array()), StateCoding.size(state));
    assertThat(decoded.iteration()).isEqualTo(iteration);
    assertThat(bits(decoded.parameters())).isEqualTo(bits(state.parameters()));
    assertThat(decoded.updaterState()).hasNumberOfRows(slots);
    for (int slot = 0; slot < slots; slot++) {
      assertThat(bits(decoded.updaterState()[slot])).isEqualTo(bits(state.updaterState()[slot]));
    }
  }

  @Example
  void aStateThatIsCutOffIsRefused() {
    byte[] bytes = StateCoding.encode(state(100, 2, 7, 1)).array();
    for (int length = 0; length < bytes.length; length += 13) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> StateCoding.decode(in(cut), bytes.length))
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith("Cannot read a training state: found its end ");
    }
  }

  @Example
  void lengthsAreNotBelieved() {
    byte[] bytes = StateCoding.encode(state(100, 2, 7, 1)).array();
    for (int at = Integer.BYTES; at < 5 * Integer.BYTES; at += Integer.BYTES) {
      for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, bytes.length}) {
        byte[] lying = bytes.clone();
        ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(at, length);
        assertThatThrownBy(() -> StateCoding.decode(in(lying), lying.length))
            .isInstanceOf(EOFException.class)
            .hasMessageStartingWith(
                "Cannot read a training state: found length %d, expected 0 to ".formatted(length));
      }
    }
  }

  private static TrainingState state(int parameters, int slots, int iteration, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] updaterState = new float[slots][];
    for (int slot = 0; slot < slots; slot++) {
      updaterState[slot] = values(random.nextInt(20_000), random);
    }
    return new TrainingState(values(parameters, random), updaterState, iteration);
  }

  /** Any bits: infinities, denormals and what is no number among them. */
  private static float[] values(int count, SplittableRandom random) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES);
    random.nextBytes(bytes.array());
    float[] values = new float[count];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static ByteArrayInputStream in(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
