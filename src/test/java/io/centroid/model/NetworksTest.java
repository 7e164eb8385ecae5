package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class NetworksTest {
  @Test
  void allThatItHoldsInNativeMemoryIsFreed() {
    Settings settings = Settings.load(List.of(), List.of("network.hidden-widths=[3]"));
    MultiLayerNetwork network =
        Networks.initialized(
            DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET));
    INDArray features = Nd4j.zeros(DataType.FLOAT, 2, 3072);
    INDArray labels = Nd4j.eye(10).get(NDArrayIndex.interval(0, 2));
    network.fit(features, labels);
    List<INDArray> arrays =
        List.of(
            network.params(),
            network.getGradientsViewArray(),
            network.getUpdater().getStateViewArray());
    assertThat(arrays).noneMatch(array -> array.data().wasClosed());
    assertThat(Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()).isNotEmpty();

    Networks.close(network);
    assertThat(arrays).allMatch(array -> array.data().wasClosed());
    assertThat(Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread()).isEmpty();
    features.close();
  }
}
