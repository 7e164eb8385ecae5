package io.centroid.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.ml.InternalFormat.Format;
import io.centroid.model.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/** Reads a model that {@link InternalFormat} wrote. */
final class ModelReader extends MLReader<CentroidClassificationModel> {

  @Override
  public CentroidClassificationModel load(String path) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader$.MODULE$.loadMetadata(
            path, sc(), CentroidClassificationModel.class.getName());
    Path file = new Path(path, InternalFormat.FILE);
    try {
      requireFormat(new Path(path, InternalFormat.FORMAT_FILE));
      ModelFile.Model model = ModelFile.read(file.getFileSystem(sc().hadoopConfiguration()), file);
      CentroidClassificationModel loaded =
          new CentroidClassificationModel(
              Uid.give(metadata.uid()),
              new TrainedNetwork(model.network(), model.parameters(), model.card().dataSet()),
              null);
      metadata.getAndSetParams(loaded, Option.empty());
      return loaded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireFormat(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = file.getFileSystem(sc().hadoopConfiguration()).open(file)) {
      bytes = in.readAllBytes();
    }
    Format found;
    try {
      found = Json.read(new String(bytes, StandardCharsets.UTF_8), Format.class);
    } catch (JsonProcessingException e) {
      throw JobException.data(
          "Cannot load model: found %s in %s, expected the version of its format. Save it again."
              .formatted(Json.problem(e), file),
          e);
    }
    if (!found.equals(Format.NOW)) {
      throw JobException.data(
          "Cannot load model: found format version %d in %s, expected %d. Use the version of the program that saved it, or a later one."
              .formatted(found.formatVersion(), file, Format.NOW.formatVersion()));
    }
  }
}
