package io.centroid.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and derivatives against the closed forms, in double precision. */
final class DenseActivationTest {
  private static final float[] ARGUMENTS = {
    -1e4f, -100, -20, -3, -1, -0.5f, -1e-6f, 0, 1e-6f, 0.5f, 1, 3, 20, 100, 1e4f
  };

  static Stream<Arguments> activations() {
    return Stream.of(
        of("relu", DenseActivation.RELU, z -> Math.max(0, z), z -> z > 0 ? 1 : 0),
        of(
            "leaky relu",
            DenseActivation.leakyRelu(0.2f),
            z -> z >= 0 ? z : 0.2 * z,
            z -> z >= 0 ? 1 : 0.2),
        of(
            "sigmoid",
            DenseActivation.SIGMOID,
            DenseActivationTest::sigmoid,
            z -> sigmoid(z) * sigmoid(-z)),
        of("tanh", DenseActivation.TANH, Math::tanh, z -> 1 / (Math.cosh(z) * Math.cosh(z))),
        of("identity", DenseActivation.IDENTITY, z -> z, z -> 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void equalsItsClosedForm(
      String name,
      DenseActivation activation,
      DoubleUnaryOperator value,
      DoubleUnaryOperator derivative) {
    float[] found = ARGUMENTS.clone();
    activation.apply(found, found.length);
    float[] derivatives = new float[ARGUMENTS.length];
    Arrays.fill(derivatives, 1);
    activation.backward(found, derivatives, derivatives.length);
    for (int i = 0; i < ARGUMENTS.length; i++) {
      double expected = value.applyAsDouble(ARGUMENTS[i]);
      assertThat((double) found[i])
          .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
      assertThat((double) derivatives[i])
          .isCloseTo(derivative.applyAsDouble(ARGUMENTS[i]), within(1e-6));
    }
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  private static Arguments of(
      String name,
      DenseActivation activation,
      DoubleUnaryOperator value,
      DoubleUnaryOperator derivative) {
    return Arguments.of(name, activation, value, derivative);
  }
}
