package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import io.centroid.compute.DenseStack.Penalty;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * The parameters of a {@link DenseStack} in native memory, in parts small enough that a part, its
 * gradient and the update of one by the other find place in the second-level cache.
 *
 * <p>A part is a layer's biases, or the weights of some of the values that a layer reads. Only in
 * here are a large layer's weights in the order of the parts; everybody else has them as {@link
 * DenseStack} says.
 */
final class DenseParameters implements AutoCloseable {
  /** Parameters in a part, 320 kB of them. */
  static final int LARGEST_PART = 80_000;

  /**
   * Rows that a part has at least and, unless it is the last, a multiple of: kernels are blocked.
   */
  private static final int ROWS = 64;

  /**
   * A matrix of parameters, {@code [rows, columns]}, column after column without a gap.
   *
   * @param index its number
   * @param row the first of the values it weighs
   * @param rows values it weighs; of biases, units
   * @param columns units; of biases, 1
   * @param first where its first column starts among all parameters
   * @param stride from one column to the next among all parameters
   * @param penalty what pulls it towards 0
   */
  record Part(int index, int row, int rows, int columns, int first, int stride, Penalty penalty) {
    int count() {
      return rows * columns;
    }

    /** Some of its columns. */
    Part columns(int from, int to) {
      return new Part(index, row, rows, to - from, first + from * stride, stride, penalty);
    }

    /** Copies it from among all parameters. */
    void gather(float[] all, float[] part) {
      for (int c = 0; c < columns; c++) {
        System.arraycopy(all, first + c * stride, part, c * rows, rows);
      }
    }

    /** Copies it to its place among all parameters. */
    void scatter(float[] part, float[] all) {
      for (int c = 0; c < columns; c++) {
        System.arraycopy(part, c * rows, all, first + c * stride, rows);
      }
    }
  }

  private final int count;
  private final List<Part> parts = new ArrayList<>();
  private final List<List<Part>> weights = new ArrayList<>();
  private final List<Part> biases = new ArrayList<>();
  private final FloatPointer memory;
  private final List<FloatPointer> pointers = new ArrayList<>();
  private final float[] heapPart;

  DenseParameters(DenseStack stack) {
    count = stack.parameters();
    for (Layer layer : stack.layers()) {
      List<Part> layerWeights = new ArrayList<>();
      int rows = rows(layer);
      for (int row = 0; row < layer.in(); row += rows) {
        layerWeights.add(
            add(
                row,
                Math.min(rows, layer.in() - row),
                layer.out(),
                layer.weights() + row,
                layer.in(),
                layer.weightPenalty()));
      }
      weights.add(layerWeights);
      biases.add(add(0, layer.out(), 1, layer.biases(), layer.out(), layer.biasPenalty()));
    }
    memory = new FloatPointer(count);
    int at = 0;
    for (Part part : parts) {
      pointers.add(memory.getPointer(at));
      at += part.count();
    }
    heapPart = new float[largestPart()];
  }

  /** All parts; their indices are their places. */
  List<Part> parts() {
    return parts;
  }

  /** The parts that are a layer's weights. */
  List<Part> weights(int layer) {
    return weights.get(layer);
  }

  /** The part that is a layer's biases. */
  Part biases(int layer) {
    return biases.get(layer);
  }

  /** Where a part is. */
  FloatPointer pointer(Part part) {
    return pointers.get(part.index());
  }

  /** How many parameters the largest part has. */
  int largestPart() {
    return parts.stream().mapToInt(Part::count).max().orElseThrow();
  }

  /** Replaces all parameters. */
  void put(float[] all) {
    for (Part part : parts) {
      part.gather(all, heapPart);
      pointer(part).put(heapPart, 0, part.count());
    }
  }

  /** All parameters. */
  float[] get() {
    float[] all = new float[count];
    for (Part part : parts) {
      pointer(part).get(heapPart, 0, part.count());
      part.scatter(heapPart, all);
    }
    return all;
  }

  /** λ/2 ‖w‖², summed over the parts. */
  double penalty() {
    double sum = 0;
    for (Part part : parts) {
      float l2 = part.penalty().l2();
      FloatPointer w = pointer(part);
      sum += l2 == 0 ? 0 : 0.5 * l2 * openblas.cblas_sdot(part.count(), w, 1, w, 1);
    }
    return sum;
  }

  @Override
  public void close() {
    memory.close();
  }

  private static int rows(Layer layer) {
    return Math.min(layer.in(), Math.max(ROWS, LARGEST_PART / layer.out() / ROWS * ROWS));
  }

  private Part add(int row, int rows, int columns, int first, int stride, Penalty penalty) {
    Part part = new Part(parts.size(), row, rows, columns, first, stride, penalty);
    parts.add(part);
    return part;
  }
}
