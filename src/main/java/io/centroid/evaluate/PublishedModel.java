package io.centroid.evaluate;

import io.centroid.error.JobException;
import io.centroid.model.ModelCard;
import io.centroid.model.ModelFile;
import io.centroid.publish.Target;
import io.centroid.shard.Manifest;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model as it was published.
 *
 * @param card what it was trained on and how its input is made
 * @param classifier what executors classify with
 */
public record PublishedModel(ModelCard card, Classifier classifier) {

  /** The card of a model that is trained on a shard set. */
  public static ModelCard card(Manifest shards) {
    return new ModelCard(
        shards.dataset(),
        shards.classNames(),
        shards.featureShape(),
        shards.normalization().kind(),
        shards.normalization().mean(),
        shards.normalization().deviation(),
        shards.featureNames());
  }

  /**
   * Reads a model.
   *
   * @param path a run's directory or its {@code model.zip}, on any Hadoop file system
   * @throws JobException with category DATA when there is none
   */
  public static PublishedModel read(Path path, Configuration configuration) throws IOException {
    FileSystem fileSystem = path.getFileSystem(configuration);
    Path file =
        fileSystem.exists(path) && fileSystem.getFileStatus(path).isDirectory()
            ? new Path(path, "model.zip")
            : path;
    try {
      Target.requireAsPublished(fileSystem.makeQualified(file), configuration);
      ModelFile.Model model = ModelFile.read(fileSystem, file);
      return new PublishedModel(
          model.card(), new Classifier(model.network().toJson(), model.parameters()));
    } catch (FileNotFoundException e) {
      StorageFailure.requireMissing(e);
      throw JobException.data(
          "Cannot read model %s: found no such file, expected a model.zip that train published.%s"
              .formatted(
                  fileSystem.makeQualified(file), StorageFailure.localHint(path, fileSystem)),
          e);
    }
  }
}
