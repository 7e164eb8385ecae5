package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ColumnTallyTest {
  private static final MathContext EXACT = new MathContext(400);

  @Test
  void sumsAreExactInAnyOrderAndInAnyParts() {
    Random random = new Random(1);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      rows.add(
          new float[] {
            random.nextFloat(),
            Float.intBitsToFloat(random.nextInt() & 0xbfffffff), // all but the largest exponents
            (float) random.nextGaussian() * 1e-40f, // subnormal
            i % 3 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE,
            -2.5f
          });
    }
    ChannelStatistics found = tally(rows).statistics();
    for (int column = 0; column < 5; column++) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal squares = BigDecimal.ZERO;
      for (float[] row : rows) {
        BigDecimal value = new BigDecimal(row[column]);
        sum = sum.add(value);
        squares = squares.add(value.multiply(value));
      }
      BigDecimal count = BigDecimal.valueOf(rows.size());
      BigDecimal mean = sum.divide(count, EXACT);
      assertThat(found.mean().get(column)).isEqualTo(mean.doubleValue());
      assertThat(found.deviation().get(column))
          .isEqualTo(
              Math.sqrt(squares.divide(count, EXACT).subtract(mean.multiply(mean)).doubleValue()));
    }
    assertThat(found.deviation().get(4)).isZero();

    for (int seed = 0; seed < 3; seed++) {
      Collections.shuffle(rows, new Random(seed));
      StatisticsTally parts = tally(rows.subList(0, 10 + 300 * seed));
      parts.addAll(tally(rows.subList(10 + 300 * seed, rows.size())));
      assertThat(parts.statistics()).isEqualTo(found);
    }
  }

  private static StatisticsTally tally(List<float[]> rows) {
    StatisticsTally tally = StatisticsTally.of(new FeatureShape(List.of(5)));
    for (float[] row : rows) {
      byte[] coded = new byte[5 * Float.BYTES];
      FloatBytes.put(row, coded, 0, ByteOrder.LITTLE_ENDIAN);
      tally.add(coded);
    }
    return tally;
  }
}
