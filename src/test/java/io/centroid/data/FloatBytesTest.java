package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class FloatBytesTest {

  @Property(tries = 60)
  void bytesAreThoseOfJavasOwnDataFormatInEitherOrder(
      @ForAll @IntRange(max = 40_000) int count, @ForAll boolean big, @ForAll long seed) {
    ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    float[] values = values(count, seed);
    ByteBuffer expected = ByteBuffer.allocate(count * Float.BYTES).order(order);
    for (float value : values) {
      expected.putInt(Float.floatToRawIntBits(value));
    }

    ByteArrayOutputStream written = new ByteArrayOutputStream();
    FloatBytes.write(values, order, written::write);
    assertThat(written.toByteArray()).isEqualTo(expected.array());

    byte[] put = new byte[3 + count * Float.BYTES];
    FloatBytes.put(values, put, 3, order);
    assertThat(Arrays.copyOfRange(put, 3, put.length)).isEqualTo(expected.array());

    float[] read = new float[count];
    ByteArrayInputStream in = new ByteArrayInputStream(expected.array());
    FloatBytes.read(read, order, in::readNBytes);
    assertThat(bits(read)).isEqualTo(bits(values));

    if (!big) {
      float[] got = new float[count + 2];
      FloatBytes.get(put, 3, got, 1, count);
      assertThat(bits(Arrays.copyOfRange(got, 1, count + 1))).isEqualTo(bits(values));
    }
  }

  /** Any bits: infinities, denormals and what is no number among them. */
  private static float[] values(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
