package io.centroid.ml;

import io.centroid.model.OnnxFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.util.MLFormatRegister;
import org.apache.spark.ml.util.MLWriterFormat;
import org.apache.spark.sql.SparkSession;
import scala.collection.mutable.Map;

/** {@code model.write().format("onnx").save(directory)}: a directory with {@code model.onnx}. */
public final class OnnxFormat implements MLWriterFormat, MLFormatRegister {
  private static final String FILE = "model.onnx";

  @Override
  public String format() {
    return "onnx";
  }

  @Override
  public String stageName() {
    return CentroidClassificationModel.class.getName();
  }

  @Override
  public void write(
      String path, SparkSession session, Map<String, String> options, PipelineStage stage) {
    TrainedNetwork trained = ((CentroidClassificationModel) stage).network();
    Path file = new Path(path, FILE);
    try (OutputStream out =
        file.getFileSystem(session.sparkContext().hadoopConfiguration()).create(file)) {
      OnnxFile.write(trained.configuration(), trained.parameters(), trained.card(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
