package io.centroid.compute;

import io.centroid.example.Minibatch;
import io.centroid.model.NativeThreads;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataTypeEx;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the first layer reads, in native memory: {@code [in, n]} as BLAS sees it, one example in
 * each column.
 *
 * <p>Pixels that only have to be scaled are written as the numbers 0 to 255, by ND4J's conversion
 * of bytes, which has vector instructions where Java 17 has none; products with them take the scale
 * as their factor.
 */
final class DenseInput implements AutoCloseable {
  private final int features;
  private int capacity;
  private FloatPointer values = new FloatPointer();
  private BytePointer pixels = new BytePointer();
  private float scale = 1;

  DenseInput(int features) {
    NativeThreads.useOne();
    this.features = features;
  }

  /** Replaces what is there by the features of a minibatch. */
  void fill(Minibatch minibatch) {
    makeRoom(minibatch.size());
    float pixelScale = minibatch.coding().pixelScale();
    if (pixelScale == 0) {
      minibatch.copyFeatures(values);
      scale = 1;
    } else {
      fillWithPixels(minibatch);
      scale = pixelScale;
    }
  }

  /** Replaces what is there by the features of {@code examples} examples. */
  void fill(float[] source, int from, int examples) {
    makeRoom(examples);
    values.put(source, from, examples * features);
    scale = 1;
  }

  /** The numbers, to be multiplied by {@link #scale}. */
  FloatPointer values() {
    return values;
  }

  /** What the numbers are to be multiplied by. */
  float scale() {
    return scale;
  }

  @Override
  public void close() {
    values.close();
    pixels.close();
  }

  private void makeRoom(int examples) {
    if (examples > capacity) {
      capacity = examples;
      values.close();
      values = new FloatPointer((long) examples * features);
    }
  }

  private void fillWithPixels(Minibatch minibatch) {
    long count = (long) minibatch.size() * features;
    if (pixels.capacity() < count) {
      pixels.close();
      pixels = new BytePointer(count);
    }
    minibatch.copyCoded(pixels);
    Nd4j.getNDArrayFactory()
        .convertDataEx(DataTypeEx.UINT8, pixels, DataTypeEx.FLOAT, values, count);
  }
}
