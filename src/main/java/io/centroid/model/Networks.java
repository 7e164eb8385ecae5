package io.centroid.model;

import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Makes networks from configurations, on the driver and on executors alike. */
public final class Networks {
  private Networks() {}

  /** How many parameters a network has. */
  public static long parameters(MultiLayerConfiguration configuration) {
    return configuration.getConfs().stream()
        .mapToLong(layer -> layer.getLayer().initializer().numParams(layer))
        .sum();
  }

  /** A network with fresh parameters and updater state, from a configuration as JSON. */
  public static MultiLayerNetwork fromJson(String configurationJson) {
    return initialized(MultiLayerConfiguration.fromJson(configurationJson));
  }

  /**
   * A network with fresh parameters and updater state, on one native thread.
   *
   * @throws IllegalArgumentException when the network does not compute in 32-bit floats
   */
  public static MultiLayerNetwork initialized(MultiLayerConfiguration configuration) {
    NativeThreads.useOne();
    if (configuration.getDataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "Cannot train network: found data type "
              + configuration.getDataType()
              + ", expected FLOAT.");
    }
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  /**
   * Frees what a network holds in native memory, and the workspaces of this thread. Its own {@code
   * close} does that too, and collects all garbage of the process twice.
   */
  public static void close(MultiLayerNetwork network) {
    Stream.of(
            network.params(),
            network.getGradientsViewArray(),
            Optional.ofNullable(network.getUpdater(false))
                .map(Updater::getStateViewArray)
                .orElse(null))
        .filter(array -> array != null && array.closeable())
        .forEach(INDArray::close);
    MemoryWorkspaceManager workspaces = Nd4j.getWorkspaceManager();
    workspaces.getAllWorkspacesForCurrentThread().forEach(workspaces::destroyWorkspace);
  }
}
