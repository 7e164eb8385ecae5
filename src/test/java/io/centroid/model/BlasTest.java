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

  /** What malloc returns differs from run to run, and results must not. */
  @RepeatedTest(20)
  void bitsDoNotDependOnAddresses(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int m = size(random, 260);
    int n = size(random, 260);
    int k = size(random, 700);
    float[] a = Matrix.random(random, m * k, 1).values();
    float[] b = Matrix.random(random, k * n, 1).values();
    float[] expected = resultsAt(0, a, b, m, n, k);
    for (int offset = 1; offset <= 16; offset++) {
      assertThat(resultsAt(offset, a, b, m, n, k)).as("offset %d", offset).isEqualTo(expected);
    }
  }

  /** A B, Aᵀ x, A y, and a · a, of operands that start so many floats behind what malloc gave. */
  private static float[] resultsAt(int offset, float[] a, float[] b, int m, int n, int k) {
    float[] found = new float[m * n + k + m + 1];
    try (FloatPointer memory = new FloatPointer(offset + a.length + b.length + found.length)) {
      FloatPointer nativeA = memory.getPointer(offset);
      FloatPointer nativeB = nativeA.getPointer((long) a.length);
      FloatPointer results = nativeB.getPointer((long) b.length);
      nativeA.put(a);
      nativeB.put(b);
      int columnMajor = openblas.CblasColMajor;
      int plain = openblas.CblasNoTrans;
      openblas.cblas_sgemm(
          columnMajor, plain, plain, m, n, k, 1, nativeA, m, nativeB, k, 0, results, m);
      FloatPointer byColumns = results.getPointer((long) m * n);
      openblas.cblas_sgemv(
          columnMajor, openblas.CblasTrans, m, k, 1, nativeA, m, nativeA, 1, 0, byColumns, 1);
      FloatPointer byRows = byColumns.getPointer((long) k);
      openblas.cblas_sgemv(columnMajor, plain, m, k, 1, nativeA, m, nativeB, 1, 0, byRows, 1);
      results.get(found, 0, found.length - 1);
      found[found.length - 1] = openblas.cblas_sdot(a.length, nativeA, 1, nativeA, 1);
    }
    return found;
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
