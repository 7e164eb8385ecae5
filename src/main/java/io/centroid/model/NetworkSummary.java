package io.centroid.model;

import io.centroid.config.NetworkKind;
import io.centroid.config.NetworkSettings;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.error.JobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;

/**
 * The table that Keras' {@code model.summary()} prints, to the character: 65 columns wide, columns
 * ending at 29, 55 and 65, trailing spaces included.
 */
public final class NetworkSummary {
  private static final int[] COLUMN_ENDS = {29, 55, 65};

  /** One row of the table. */
  private record Row(String name, String type, String outputShape, long parameters) {}

  private final String name;
  private final List<Row> rows;

  private NetworkSummary(String name, List<Row> rows) {
    this.name = name;
    this.rows = rows;
  }

  /**
   * The summary of a network.
   *
   * @param settings the settings {@code configuration} was made from
   * @param configuration the network that is trained; parameter counts come from it
   * @param dataSet what it is trained on
   */
  public static NetworkSummary of(
      NetworkSettings settings, MultiLayerConfiguration configuration, DataSet dataSet) {
    FeatureShape input = dataSet.shape();
    List<Row> rows = new ArrayList<>();
    boolean onChannels = settings.kind() == NetworkKind.CHANNEL_DENSE;
    if (!onChannels) {
      rows.add(new Row("input_1", "InputLayer", shape(input.axes()), 0));
      if (input.isPicture()) {
        rows.add(flatten(input.count()));
      }
    }
    List<Integer> widths = new ArrayList<>(settings.hiddenWidths());
    widths.add(dataSet.classes());
    for (int layer = 0; layer < widths.size(); layer++) {
      NeuralNetConfiguration dense = configuration.getConf(layer);
      int width = widths.get(layer);
      boolean first = onChannels && layer == 0;
      String shape = shape(first ? List.of(input.height(), input.width(), width) : List.of(width));
      long parameters = dense.getLayer().initializer().numParams(dense);
      rows.add(new Row("dense_" + (layer + 1), "Dense", shape, parameters));
      if (settings.dropout() > 0 && layer < settings.hiddenWidths().size()) {
        rows.add(new Row("dropout_" + (layer + 1), "Dropout", shape, 0));
      }
      if (first) {
        rows.add(flatten(input.height() * input.width() * width));
      }
    }
    return new NetworkSummary(settings.modelName(), named(rows, settings.layerNames()));
  }

  private static Row flatten(int values) {
    return new Row("flatten_1", "Flatten", "(None, %d)".formatted(values), 0);
  }

  private static String shape(List<Integer> axes) {
    return axes.stream().map(Object::toString).collect(Collectors.joining(", ", "(None, ", ")"));
  }

  /** The rows with other names, which are as many or none. */
  private static List<Row> named(List<Row> rows, List<String> names) {
    if (names.isEmpty()) {
      return rows;
    }
    if (names.size() != rows.size()) {
      throw JobException.settings(
          "Cannot name layers: found network.layer-names with %d names, expected none or %d, one for"
                  .formatted(names.size(), rows.size())
              + " each row of the summary: "
              + rows.stream().map(Row::name).collect(Collectors.joining(", "))
              + ".");
    }
    List<Row> named = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Row row = rows.get(i);
      named.add(new Row(names.get(i), row.type(), row.outputShape(), row.parameters()));
    }
    return named;
  }

  /** All parameters; all of them are trained. */
  public long parameters() {
    return rows.stream().mapToLong(Row::parameters).sum();
  }

  /** The table, ending in a line break. */
  public String render() {
    String thin = "_".repeat(COLUMN_ENDS[2]) + "\n";
    String thick = "=".repeat(COLUMN_ENDS[2]) + "\n";
    StringBuilder table = new StringBuilder("Model: \"" + name + "\"\n").append(thin);
    table.append(line("Layer (type)", "Output Shape", "Param #")).append(thick);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      table.append(
          line(
              row.name() + " (" + row.type() + ")",
              row.outputShape(),
              Long.toString(row.parameters())));
      table.append(i == rows.size() - 1 ? thick : thin);
    }
    String total = String.format(Locale.ROOT, "%,d", parameters());
    return table
        .append("Total params: " + total + "\n")
        .append("Trainable params: " + total + "\n")
        .append("Non-trainable params: 0\n")
        .append(thin)
        .toString();
  }

  /** Keras cuts a field that is too long and keeps one space before the next column. */
  private static String line(String... fields) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) {
        line.setCharAt(line.length() - 1, ' ');
      }
      line.append(fields[i]);
      line.setLength(Math.min(line.length(), COLUMN_ENDS[i]));
      line.append(" ".repeat(COLUMN_ENDS[i] - line.length()));
    }
    return line.append('\n').toString();
  }
}
