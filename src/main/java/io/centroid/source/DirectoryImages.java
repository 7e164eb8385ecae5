package io.centroid.source;

import io.centroid.cifar.Batch;
import io.centroid.cifar.BatchInventory;
import io.centroid.cifar.BatchReader;
import io.centroid.cifar.Cifar;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The images of a directory with extracted batches. */
final class DirectoryImages implements OfficialImages {
  private final Cifar of;
  private final SourceFiles storage;
  private final Path directory;
  private final List<FileStatus> files;

  DirectoryImages(Cifar of, SourceFiles storage, Path directory, List<FileStatus> files) {
    this.of = of;
    this.storage = storage;
    this.directory = directory;
    this.files = List.copyOf(files);
  }

  @Override
  public Cifar of() {
    return of;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    List<SourceFile> sources = new ArrayList<>();
    for (Map.Entry<Batch, FileStatus> entry : batches().entrySet()) {
      Path path = entry.getValue().getPath();
      try (StoredFile file = StoredFile.open(storage, path)) {
        long bytes = entry.getValue().getLen();
        String name = directory + "/" + path.getName();
        BatchReader.read(entry.getKey(), name, bytes, file, consumer);
        sources.add(file.finish());
      }
    }
    return sources;
  }

  private Map<Batch, FileStatus> batches() {
    BatchInventory inventory = new BatchInventory(of, directory.toString());
    Map<Batch, FileStatus> batches = new EnumMap<>(Batch.class);
    for (FileStatus file : files) {
      inventory.add(file.getPath().getName()).ifPresent(batch -> batches.put(batch, file));
    }
    inventory.requireComplete();
    return batches;
  }
}
