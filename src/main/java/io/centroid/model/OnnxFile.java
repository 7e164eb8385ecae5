package io.centroid.model;

import io.centroid.data.FloatBytes;
import io.centroid.data.Normalization;
import io.centroid.json.Csv;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.shade.protobuf.ByteString;

/**
 * {@code model.onnx}: the dense network in the Open Neural Network Exchange format, operator set 13
 * (<a href="https://onnx.ai/onnx/repo-docs/IR.html">ONNX IR specification</a>), normalization
 * included.
 *
 * <p>Input {@code pixels}, float {@code [N, height, width, channels]}, 0 to 255, or {@code
 * columns}, float {@code [N, columns]}, whose names are in the metadata under {@code columns}.
 * Output {@code probabilities}, float {@code [N, classes]}. The classes' names are in the metadata
 * under {@code classes}, as a line of comma-separated values.
 */
public final class OnnxFile {
  /** The IR version that came with operator set 13. */
  private static final long IR_VERSION = 7;

  private static final long OPERATOR_SET = 13;
  private static final double FULL_SCALE = 255;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("centroid");

  private OnnxFile() {}

  /**
   * Writes a model; equal models give equal bytes.
   *
   * @param configuration dense layers only, of which the first may be a 1×1 convolution
   * @param parameters in Deeplearning4j's order
   * @throws IllegalArgumentException when a layer is none that this class knows
   */
  public static void write(
      MultiLayerConfiguration configuration, float[] parameters, ModelCard card, OutputStream out)
      throws IOException {
    OnnxFile file = new OnnxFile();
    file.input(card);
    file.layers(configuration, parameters);
    ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("centroid")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
        .addMetadataProps(entry("dataset", card.dataset()))
        .addMetadataProps(entry("classes", Csv.line(card.classNames())))
        .addAllMetadataProps(
            card.featureNames() == null
                ? List.of()
                : List.of(entry("columns", Csv.line(card.featureNames()))))
        .setGraph(file.graph)
        .build()
        .writeTo(out);
  }

  /** Pixels to normalized features, one row for each image. */
  private void input(ModelCard card) {
    List<Integer> shape = card.inputShape();
    boolean pictures = card.dataSet().shape().isPicture();
    String input = pictures ? "pixels" : "columns";
    graph.addInput(value(input, shape));
    graph.addOutput(value("probabilities", List.of(card.classNames().size())));
    int channels = card.dataSet().shape().channels();
    float[] scale = new float[channels];
    float[] shift = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      boolean standardized = card.normalization() == Normalization.STANDARDIZE;
      double mean = standardized ? card.mean().get(channel) : 0;
      double deviation = standardized ? card.deviation().get(channel) : 1;
      double divisor = deviation == 0 ? 1 : deviation;
      double full = !pictures || card.normalization() == Normalization.NONE ? 1 : FULL_SCALE;
      scale[channel] = (float) (1 / (full * divisor));
      shift[channel] = (float) (-mean / divisor);
    }
    constant("scale", scale, channels);
    constant("shift", shift, channels);
    node("Mul", "scaled", input, "scale");
    node("Add", "normalized", "scaled", "shift");
  }

  private void layers(MultiLayerConfiguration configuration, float[] parameters) {
    String reads = "normalized";
    int at = 0;
    int first = 0;
    int count = configuration.getConfs().size();
    if (configuration.getConf(0).getLayer() instanceof ConvolutionLayer onChannels) {
      at = onChannels(onChannels, parameters);
      reads = "units_0";
      first = 1;
    }
    node("Flatten", "features", reads);
    reads = "features";
    for (int i = first; i < count; i++) {
      if (!(configuration.getConf(i).getLayer() instanceof FeedForwardLayer layer)) {
        throw new IllegalArgumentException(
            "Cannot write layer %d to ONNX: found %s, expected a dense layer."
                .formatted(i, configuration.getConf(i).getLayer().getClass().getSimpleName()));
      }
      int in = Math.toIntExact(layer.getNIn());
      int out = Math.toIntExact(layer.getNOut());
      // Column by column in [in, out], which is row by row in [out, in].
      constant("weights_" + i, Arrays.copyOfRange(parameters, at, at + in * out), out, in);
      at += in * out;
      constant("biases_" + i, Arrays.copyOfRange(parameters, at, at + out), out);
      at += out;
      node("Gemm", "sum_" + i, reads, "weights_" + i, "biases_" + i)
          .addAttribute(
              AttributeProto.newBuilder()
                  .setName("transB")
                  .setType(AttributeProto.AttributeType.INT)
                  .setI(1));
      reads = i == count - 1 ? "probabilities" : "units_" + i;
      activation(((BaseLayer) layer).getActivationFn(), "sum_" + i, reads);
    }
  }

  /** The first layer when it is a Dense on the last axis; returns how many parameters it has. */
  private int onChannels(ConvolutionLayer layer, float[] parameters) {
    int in = Math.toIntExact(layer.getNIn());
    int out = Math.toIntExact(layer.getNOut());
    // Deeplearning4j has the biases first, and the weights row by row in [out, in].
    float[] weights = new float[in * out];
    for (int i = 0; i < in; i++) {
      for (int unit = 0; unit < out; unit++) {
        weights[i * out + unit] = parameters[out + unit * in + i];
      }
    }
    constant("weights_0", weights, in, out);
    constant("biases_0", Arrays.copyOf(parameters, out), out);
    node("MatMul", "product_0", "normalized", "weights_0");
    node("Add", "sum_0", "product_0", "biases_0");
    activation(layer.getActivationFn(), "sum_0", "units_0");
    return out + in * out;
  }

  private void activation(IActivation function, String from, String to) {
    if (function instanceof ActivationReLU) {
      node("Relu", to, from);
    } else if (function instanceof ActivationLReLU leaky) {
      node("LeakyRelu", to, from)
          .addAttribute(
              AttributeProto.newBuilder()
                  .setName("alpha")
                  .setType(AttributeProto.AttributeType.FLOAT)
                  .setF((float) leaky.getAlpha()));
    } else if (function instanceof ActivationSigmoid) {
      node("Sigmoid", to, from);
    } else if (function instanceof ActivationTanH) {
      node("Tanh", to, from);
    } else if (function instanceof ActivationIdentity) {
      node("Identity", to, from);
    } else if (function instanceof ActivationSoftmax) {
      node("Softmax", to, from);
    } else {
      throw new IllegalArgumentException("Cannot write activation " + function + " to ONNX.");
    }
  }

  private NodeProto.Builder node(String operator, String to, String... from) {
    return graph
        .addNodeBuilder()
        .setOpType(operator)
        .setName(to)
        .addAllInput(List.of(from))
        .addOutput(to);
  }

  private void constant(String name, float[] values, long... shape) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    FloatBytes.put(values, bytes, 0, ByteOrder.LITTLE_ENDIAN);
    TensorProto.Builder tensor =
        graph
            .addInitializerBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .setRawData(ByteString.copyFrom(bytes));
    Arrays.stream(shape).forEach(tensor::addDims);
  }

  /** A value whose first axis is the number of images. */
  private static ValueInfoProto value(String name, List<Integer> shape) {
    TensorShapeProto.Builder axes = TensorShapeProto.newBuilder();
    axes.addDimBuilder().setDimParam("N");
    for (int size : shape) {
      axes.addDimBuilder().setDimValue(size);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(axes)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
