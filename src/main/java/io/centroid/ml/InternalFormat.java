package io.centroid.ml;

import io.centroid.json.Json;
import io.centroid.model.FlatParameters;
import io.centroid.model.ModelFile;
import io.centroid.model.Networks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLFormatRegister;
import org.apache.spark.ml.util.MLWriterFormat;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import scala.Option;
import scala.collection.mutable.Map;

/**
 * How models are saved: Spark's metadata, {@code data/format.json}, and {@code data/model.zip}, a
 * model file as the jobs publish it, which {@code score} reads, too.
 */
public final class InternalFormat implements MLWriterFormat, MLFormatRegister {
  /** The model's place in what is saved. */
  static final String FILE = "data/model.zip";

  /** Where it is said in which version of this format the model is. */
  static final String FORMAT_FILE = "data/format.json";

  /** What is said there. */
  record Format(int formatVersion) {
    static final Format NOW = new Format(1);
  }

  @Override
  public String format() {
    return "internal";
  }

  @Override
  public String stageName() {
    return CentroidClassificationModel.class.getName();
  }

  @Override
  public void write(
      String path, SparkSession session, Map<String, String> options, PipelineStage stage) {
    CentroidClassificationModel model = (CentroidClassificationModel) stage;
    DefaultParamsWriter$.MODULE$.saveMetadata(
        model, path, session.sparkContext(), Option.empty(), Option.empty());
    TrainedNetwork trained = model.network();
    MultiLayerNetwork network = Networks.initialized(trained.configuration());
    Path file = new Path(path, FILE);
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    try (OutputStream out = file.getFileSystem(hadoop).create(file);
        OutputStream format = file.getFileSystem(hadoop).create(new Path(path, FORMAT_FILE))) {
      format.write(Json.write(Format.NOW).getBytes(StandardCharsets.UTF_8));
      FlatParameters.fill(trained.parameters(), network.params());
      ModelFile.write(network, trained.card(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Networks.close(network);
    }
  }
}
