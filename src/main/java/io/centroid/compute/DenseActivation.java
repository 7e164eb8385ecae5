package io.centroid.compute;

/** An activation of a dense layer; its derivative is known from its value. */
interface DenseActivation {

  /** max(0, z). */
  DenseActivation RELU =
      new DenseActivation() {
        @Override
        public void apply(float[] z, int count) {
          for (int i = 0; i < count; i++) {
            z[i] = Math.max(0f, z[i]);
          }
        }

        @Override
        public void backward(float[] a, float[] delta, int count) {
          for (int i = 0; i < count; i++) {
            // 1 for every a above 3e-39: unlike a condition, this is vectorized
            delta[i] *= Math.min(1f, a[i] * Float.MAX_VALUE);
          }
        }
      };

  /** 1 / (1 + e^-z); the derivative is a (1 - a). */
  DenseActivation SIGMOID =
      new DenseActivation() {
        @Override
        public void apply(float[] z, int count) {
          for (int i = 0; i < count; i++) {
            z[i] = (float) (1 / (1 + Math.exp(-z[i])));
          }
        }

        @Override
        public void backward(float[] a, float[] delta, int count) {
          for (int i = 0; i < count; i++) {
            delta[i] *= a[i] * (1 - a[i]);
          }
        }
      };

  /** tanh z; the derivative is 1 - a². */
  DenseActivation TANH =
      new DenseActivation() {
        @Override
        public void apply(float[] z, int count) {
          for (int i = 0; i < count; i++) {
            z[i] = (float) Math.tanh(z[i]);
          }
        }

        @Override
        public void backward(float[] a, float[] delta, int count) {
          for (int i = 0; i < count; i++) {
            delta[i] *= 1 - a[i] * a[i];
          }
        }
      };

  /** z. */
  DenseActivation IDENTITY =
      new DenseActivation() {
        @Override
        public void apply(float[] z, int count) {}

        @Override
        public void backward(float[] a, float[] delta, int count) {}
      };

  /** z for z ≥ 0, else alpha z; alpha is above 0, so that the sign of the value tells the side. */
  static DenseActivation leakyRelu(float alpha) {
    return new DenseActivation() {
      @Override
      public void apply(float[] z, int count) {
        for (int i = 0; i < count; i++) {
          z[i] = z[i] >= 0 ? z[i] : alpha * z[i];
        }
      }

      @Override
      public void backward(float[] a, float[] delta, int count) {
        for (int i = 0; i < count; i++) {
          delta[i] = a[i] >= 0 ? delta[i] : alpha * delta[i];
        }
      }
    };
  }

  /** Replaces the first {@code count} values by their activations. */
  void apply(float[] z, int count);

  /**
   * Multiplies by the derivative.
   *
   * @param a values of the activation
   * @param delta derivatives of the loss by {@code a}; become those by its argument
   */
  void backward(float[] a, float[] delta, int count);
}
