package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import io.centroid.example.SplitMix;
import java.util.List;

/**
 * Inverted dropout (Srivastava et al., "Dropout", JMLR 15, 2014): keeps a value with a layer's
 * probability and divides it by that, else drops it. Which values are kept is a pure function of
 * seed, layer and place in the minibatch.
 */
final class DenseDropout {
  /** Keeps everything: what predictions are made with. */
  static final DenseDropout NONE = new DenseDropout(List.of());

  private static final int BITS = 24;

  private final List<Layer> layers;
  private final float[][] masks;
  private final float[][] masked;
  private long seed;

  DenseDropout(List<Layer> layers) {
    this.layers = layers;
    this.masks = new float[layers.size()][0];
    this.masked = new float[layers.size()][0];
  }

  /** Begins a step. */
  void begin(long stepSeed) {
    seed = stepSeed;
  }

  /** What is left of a layer's values for the next layer to read; the values stay as they are. */
  float[] masked(int layer, float[] values, int count) {
    if (!drops(layer)) {
      return values;
    }
    if (masks[layer].length < count) {
      masks[layer] = new float[count];
      masked[layer] = new float[count];
    }
    float retain = layers.get(layer + 1).retain();
    float[] mask = masks[layer];
    long stream = SplitMix.mix(seed ^ SplitMix.mix(layer));
    for (int i = 0; i < count; i++) {
      float uniform = (SplitMix.mix(stream + i) >>> (Long.SIZE - BITS)) * (1f / (1 << BITS));
      mask[i] = uniform < retain ? 1 / retain : 0;
    }
    for (int i = 0; i < count; i++) {
      masked[layer][i] = values[i] * mask[i];
    }
    return masked[layer];
  }

  /** The derivative, for the masks last made. */
  void backward(int layer, float[] delta, int count) {
    if (drops(layer)) {
      float[] mask = masks[layer];
      for (int i = 0; i < count; i++) {
        delta[i] *= mask[i];
      }
    }
  }

  private boolean drops(int layer) {
    return layer + 1 < layers.size() && layers.get(layer + 1).retain() < 1;
  }
}
