package io.centroid.prep;

import io.centroid.data.Batch;
import io.centroid.data.BatchInventory;
import io.centroid.data.BatchReader;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The images of an archive, read in one pass; nothing is extracted. */
final class ArchiveImages implements OfficialImages {
  private final SourceFiles storage;
  private final Path path;

  ArchiveImages(SourceFiles storage, Path path) {
    this.storage = storage;
    this.path = path;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    BatchInventory inventory = new BatchInventory(path.toString());
    try (ArchiveStream archive = ArchiveStream.open(storage, path)) {
      while (archive.next()) {
        Optional<Batch> batch = inventory.add(archive.member());
        if (batch.isPresent()) {
          String file = archive.member() + " in " + path;
          BatchReader.read(batch.get(), file, archive.memberBytes(), archive, consumer);
        }
      }
      inventory.requireComplete();
      return List.of(archive.finish());
    }
  }
}
