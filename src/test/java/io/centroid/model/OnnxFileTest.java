package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.FloatBytes;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import io.centroid.example.ExampleShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

/** ONNX Runtime on pixels against Deeplearning4j on normalized features. */
final class OnnxFileTest {
  private static final int IMAGES = 50;
  private static final List<Double> MEAN = List.of(0.49, 0.48, 0.45);
  private static final List<Double> DEVIATION = List.of(0.25, 0.24, 0.26);

  @ParameterizedTest
  @CsvSource({
    "flatten-dense, UNIT, relu",
    "flatten-dense, STANDARDIZE, relu",
    "flatten-dense, NONE, tanh",
    "flatten-dense, STANDARDIZE, leaky-relu",
    "flatten-dense, STANDARDIZE, sigmoid",
    "flatten-dense, UNIT, identity",
    "channel-dense, STANDARDIZE, relu",
    "channel-dense, UNIT, leaky-relu"
  })
  void onnxRuntimeGivesTheSameProbabilities(
      String kind, Normalization normalization, String activation) throws Exception {
    Settings settings =
        Settings.load(
            List.of(),
            List.of(
                "network.kind=" + kind,
                "network.hidden-widths=[20, 15]",
                "network.activations=[" + activation + "]",
                "network.dropout=0.3"));
    MultiLayerConfiguration configuration =
        DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET);
    MultiLayerNetwork network = Networks.initialized(configuration);
    ModelCard card =
        new ModelCard(
            "CIFAR-10",
            Cifar10.CLASS_NAMES,
            List.of(Cifar10.HEIGHT, Cifar10.WIDTH, Cifar10.CHANNELS),
            normalization,
            MEAN,
            DEVIATION,
            null);
    byte[] pixels = new byte[IMAGES * Cifar10.FEATURES];
    new SplittableRandom(1).nextBytes(pixels);
    Normalizer normalizer = new Normalizer(normalization, new ChannelStatistics(MEAN, DEVIATION));
    float[] features = new float[pixels.length];
    float[] raw = new float[pixels.length];
    for (int image = 0; image < IMAGES; image++) {
      normalizer.apply(
          pixels, image * Cifar10.FEATURES, features, image * Cifar10.FEATURES, Cifar10.FEATURES);
    }
    for (int i = 0; i < raw.length; i++) {
      raw[i] = pixels[i] & 0xff;
    }
    float[][] found = run(bytes(configuration, network, card), raw);
    float[][] expected =
        network
            .output(
                Nd4j.create(
                    features,
                    ExampleShape.minibatch(
                        IMAGES,
                        DenseNetwork.inputShape(settings.network().kind(), Cifar10.DATA_SET)),
                    'c'))
            .toFloatMatrix();
    for (int image = 0; image < IMAGES; image++) {
      for (int label = 0; label < Cifar10.CLASSES; label++) {
        assertThat(found[image][label]).isCloseTo(expected[image][label], within(1e-5f));
      }
    }
    assertThat(bytes(configuration, network, card)).isEqualTo(bytes(configuration, network, card));
    network.close();
  }

  @Test
  void columnsAreNormalizedToo() throws Exception {
    DataSet rows =
        new DataSet(
            "rows",
            new FeatureShape(List.of(3)),
            List.of("no", "yes, \"perhaps\""),
            List.of("age", "a,b", "x[0]"));
    Settings settings = Settings.load(List.of(), List.of("network.hidden-widths=[4]"));
    MultiLayerConfiguration configuration =
        DenseNetwork.configuration(settings.network(), settings.training(), rows);
    MultiLayerNetwork network = Networks.initialized(configuration);
    ModelCard card =
        new ModelCard(
            rows.title(),
            rows.classNames(),
            rows.shape().axes(),
            Normalization.STANDARDIZE,
            List.of(40.0, -3.0, 0.5),
            List.of(12.0, 0.0, 0.25),
            rows.featureNames());
    float[] raw = {18, 5, 0.75f, 99, -1, 0};
    byte[] coded = new byte[raw.length * Float.BYTES];
    FloatBytes.put(raw, coded, 0, ByteOrder.LITTLE_ENDIAN);
    float[] features = new float[raw.length];
    card.coding().decode(coded, 0, features, 0, 3);
    card.coding().decode(coded, 3 * Float.BYTES, features, 3, 3);
    assertThat(features).startsWith(-22 / 12f, 8, 1);
    float[][] expected =
        network.output(Nd4j.create(features, new long[] {2, 3}, 'c')).toFloatMatrix();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(bytes(configuration, network, card));
        OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(raw), new long[] {2, 3});
        OrtSession.Result result = session.run(Map.of("columns", input))) {
      Map<String, String> metadata = session.getMetadata().getCustomMetadata();
      assertThat(metadata.get("classes")).isEqualTo("no,\"yes, \"\"perhaps\"\"\"");
      assertThat(metadata.get("columns")).isEqualTo("age,\"a,b\",x[0]");
      float[][] found = (float[][]) result.get("probabilities").orElseThrow().getValue();
      for (int row = 0; row < 2; row++) {
        assertThat(found[row]).containsExactly(expected[row], within(1e-5f));
      }
    }
    network.close();
  }

  private static byte[] bytes(
      MultiLayerConfiguration configuration, MultiLayerNetwork network, ModelCard card)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxFile.write(configuration, FlatParameters.read(network.params()), card, out);
    return out.toByteArray();
  }

  private static float[][] run(byte[] model, float[] pixels) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(pixels),
                new long[] {IMAGES, Cifar10.HEIGHT, Cifar10.WIDTH, Cifar10.CHANNELS});
        OrtSession.Result result = session.run(Map.of("pixels", input))) {
      assertThat(session.getMetadata().getCustomMetadata().get("classes"))
          .startsWith("airplane,automobile,");
      return (float[][]) result.get("probabilities").orElseThrow().getValue();
    }
  }
}
