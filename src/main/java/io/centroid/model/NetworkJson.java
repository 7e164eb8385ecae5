package io.centroid.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.centroid.config.ActivationKind;
import io.centroid.config.InvalidSettingsException;
import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.config.Settings;
import io.centroid.data.DataSet;
import io.centroid.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/**
 * Reads Deeplearning4j's {@code configuration.json} from anybody. Deeplearning4j's own reader makes
 * objects of the classes that the text names. Here the text is only looked at: what it says of
 * widths and activations gives settings, {@link DenseNetwork} makes their network, and all that
 * decides a prediction must be the same in both.
 */
final class NetworkJson {
  /** What a layer has for training alone, which settings choose. */
  private static final List<String> OF_TRAINING =
      List.of("biasUpdater", "idropout", "iupdater", "regularization", "regularizationBias");

  private static final String CLASS = "@class";

  private NetworkJson() {}

  /**
   * The network that a text describes, with the default settings of a training.
   *
   * @param dataSet what its inputs and outputs are of
   * @throws DamagedModelException when it is none that {@link DenseNetwork} makes
   */
  static MultiLayerConfiguration read(String json, DataSet dataSet) throws DamagedModelException {
    try {
      JsonNode given = Json.read(json, JsonNode.class);
      NetworkSettings settings = settings(given);
      if (settings.kind() == NetworkKind.CHANNEL_DENSE && !dataSet.shape().isPicture()) {
        throw new DamagedModelException("a network on channels for examples that are no pictures");
      }
      MultiLayerConfiguration network =
          DenseNetwork.configuration(settings, Settings.defaults().training(), dataSet);
      JsonNode made = Json.read(network.toJson(), JsonNode.class);
      if (!predicting(given).equals(predicting(made))) {
        throw new DamagedModelException("a network with more than this program's dense layers");
      }
      return network;
    } catch (InvalidSettingsException e) {
      throw new DamagedModelException("a network out of bounds (" + e.getMessage() + ")");
    } catch (JsonProcessingException e) {
      throw new DamagedModelException(
          "no JSON in %s (%s)".formatted(ModelArchive.CONFIGURATION, Json.problem(e)));
    }
  }

  private static NetworkSettings settings(JsonNode network) throws DamagedModelException {
    List<Integer> widths = new ArrayList<>();
    List<ActivationKind> activations = new ArrayList<>();
    double alpha = NetworkSettings.DEFAULT_ALPHA;
    JsonNode layers = network.path("confs");
    for (int i = 0; i < layers.size() - 1; i++) {
      JsonNode layer = layers.path(i).path("layer");
      JsonNode function = layer.path("activationFn");
      ActivationKind kind = activation(function.path(CLASS).asText());
      widths.add(layer.path("nout").asInt());
      activations.add(kind);
      if (kind == ActivationKind.LEAKY_RELU) {
        alpha = function.path("alpha").asDouble();
      }
    }
    String first = layers.path(0).path("layer").path(CLASS).asText();
    return new NetworkSettings(
        first.equals(ConvolutionLayer.class.getName())
            ? NetworkKind.CHANNEL_DENSE
            : NetworkKind.FLATTEN_DENSE,
        widths,
        activations.isEmpty() ? List.of(ActivationKind.RELU) : activations,
        alpha,
        0,
        "",
        List.of());
  }

  private static ActivationKind activation(String className) throws DamagedModelException {
    Optional<ActivationKind> known =
        Stream.of(ActivationKind.values())
            .filter(
                kind ->
                    DenseNetwork.activation(kind, NetworkSettings.DEFAULT_ALPHA)
                        .getClass()
                        .getName()
                        .equals(className))
            .findFirst();
    return known.orElseThrow(
        () -> new DamagedModelException("a layer whose activation this program has not"));
  }

  /** What decides predictions. */
  private static JsonNode predicting(JsonNode network) {
    ObjectNode parts = JsonNodeFactory.instance.objectNode();
    ArrayNode layers = parts.putArray("layers");
    for (JsonNode conf : network.path("confs")) {
      JsonNode layer = conf.path("layer");
      layers.add(layer instanceof ObjectNode all ? all.deepCopy().remove(OF_TRAINING) : layer);
    }
    parts.set("dataType", network.path("dataType"));
    parts.set("inputPreProcessors", network.path("inputPreProcessors"));
    return parts;
  }
}
