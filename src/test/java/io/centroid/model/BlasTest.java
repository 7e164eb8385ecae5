package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * OpenBLAS against double precision, with the kernels that this machine gets: a build is known to
 * be wrong on some processor now and then.
 */
final class BlasTest {
  private static final int CASES = 150;

  /** Of a sum of k products of numbers between -1 and 1, for each root of k. */
  private static final double TOLERANCE = 1e-5;

  @BeforeAll
  static void useOneThread() {
    NativeThreads.useOne();
  }

  /** C = alpha op(A) op(B) + beta C; where beta is 0, C may hold anything. */
  @RepeatedTest(CASES)
  void productsOfMatrices(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int m = size(random, 260);
    int n = size(random, 260);
    int k = size(random, 700);
    Matrix a = Matrix.random(random, m, k);
    Matrix b = Matrix.random(random, k, n);
    float alpha = random.nextBoolean() ? 1 : 0.37f;
    float beta = random.nextBoolean() ? 0 : 0.5f;
    int stride = m + random.nextInt(3);
    float[] c = new float[stride * n];
    if (beta == 0) {
      Arrays.fill(c, Float.NaN);
    } else {
      for (int i = 0; i < c.length; i++) {
        c[i] = (float) random.nextDouble(-1, 1);
      }
    }
    float[] found = new float[c.length];
    try (FloatPointer nativeA = new FloatPointer(a.values());
        FloatPointer nativeB = new FloatPointer(b.values());
        FloatPointer nativeC = new FloatPointer(c)) {
      openblas.cblas_sgemm(
          openblas.CblasColMajor,
          a.operation(),
          b.operation(),
          m,
          n,
          k,
          alpha,
          nativeA,
          a.stride(),
          nativeB,
          b.stride(),
          beta,
          nativeC,
          stride);
      nativeC.get(found);
    }
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < stride; row++) {
        int at = column * stride + row;
        if (row >= m) {
          assertThat(Float.compare(found[at], c[at]))
              .isZero(); // between the columns nothing is written
          continue;
        }
        double sum = 0;
        for (int i = 0; i < k; i++) {
          sum += (double) a.at(row, i) * b.at(i, column);
        }
        double expected = alpha * sum + (beta == 0 ? 0 : (double) beta * c[at]);
        assertThat((double) found[at]).isCloseTo(expected, within(TOLERANCE * Math.sqrt(k)));
      }
    }
  }

  /** y = op(A) x, and x · x. */
  @RepeatedTest(CASES)
  void productsWithVectors(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int m = size(random, 260);
    int k = size(random, 700);
    Matrix a = Matrix.random(random, m, k);
    float[] x = Matrix.random(random, k, 1).values();
    float[] found = new float[m];
    float dot;
    try (FloatPointer nativeA = new FloatPointer(a.values());
        FloatPointer nativeX = new FloatPointer(x);
        FloatPointer nativeY = new FloatPointer(m)) {
      int rows = a.transposed() ? k : m;
      int columns = a.transposed() ? m : k;
      openblas.cblas_sgemv(
          openblas.CblasColMajor,
          a.operation(),
          rows,
          columns,
          1,
          nativeA,
          a.stride(),
          nativeX,
          1,
          0,
          nativeY,
          1);
      nativeY.get(found);
      dot = openblas.cblas_sdot(k, nativeX, 1, nativeX, 1);
    }
    double squares = 0;
    for (int i = 0; i < k; i++) {
      squares += (double) x[i] * x[i];
    }
    assertThat((double) dot).isCloseTo(squares, within(TOLERANCE * squares));
    for (int row = 0; row < m; row++) {
      double sum = 0;
      for (int i = 0; i < k; i++) {
        sum += (double) a.at(row, i) * x[i];
      }
      assertThat((double) found[row]).isCloseTo(sum, within(TOLERANCE * Math.sqrt(k)));
    }
  }

  /** Small ones often: that is where kernels have their edges. */
  private static int size(SplittableRandom random, int largest) {
    return 1 + random.nextInt(random.nextBoolean() ? 20 : largest);
  }

  /** What op(A) of so many rows and columns is made of: column-major, transposed or not. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Matrix(float[] values, int stride, boolean transposed) {
    static Matrix random(SplittableRandom random, int rows, int columns) {
      boolean transposed = columns > 1 && random.nextBoolean();
      int stride = (transposed ? columns : rows) + (columns > 1 ? random.nextInt(3) : 0);
      float[] values = new float[stride * (transposed ? rows : columns)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return new Matrix(values, stride, transposed);
    }

    float at(int row, int column) {
      return transposed ? values[row * stride + column] : values[column * stride + row];
    }

    int operation() {
      return transposed ? openblas.CblasTrans : openblas.CblasNoTrans;
    }
  }
}
