package io.centroid.cli;

import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import io.centroid.model.DenseNetwork;
import io.centroid.model.NetworkSummary;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code centroid summary}. */
@Command(
    name = "summary",
    description = "Prints the network's layers as Keras does; needs neither Spark nor data.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid summary",
      "  centroid summary --set network.hidden-widths=[512,256] --set network.dropout=0.2"
    })
final class SummaryCommand implements Callable<Integer> {
  @Mixin private SettingsOptions options;

  @Override
  public Integer call() {
    Settings settings = options.load();
    System.out.print(
        NetworkSummary.of(
                settings.network(),
                DenseNetwork.configuration(
                    settings.network(), settings.training(), Cifar10.DATA_SET),
                Cifar10.DATA_SET)
            .render());
    return 0;
  }
}
