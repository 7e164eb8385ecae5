package io.centroid.cifar;

import io.centroid.error.JobException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The files of an archive or a directory, checked to be CIFAR-10 or CIFAR-100: every batch, each
 * once.
 */
public final class BatchInventory {
  private final Cifar of;
  private final String origin;
  private final Map<Batch, String> paths = new EnumMap<>(Batch.class);

  /**
   * Starts an empty inventory.
   *
   * @param of whose batches count
   * @param origin the archive or directory that messages name
   */
  public BatchInventory(Cifar of, String origin) {
    this.of = of;
    this.origin = origin;
  }

  /**
   * Takes note of a file.
   *
   * @param path its path inside the origin, with "/" between folders
   * @return the batch that it holds, or empty for any other file
   * @throws JobException when another file held the same batch
   */
  public Optional<Batch> add(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    Optional<Batch> batch = Batch.named(of, name);
    if (batch.isPresent()) {
      String earlier = paths.putIfAbsent(batch.get(), path);
      if (earlier != null) {
        throw JobException.data(
            "Cannot read %s: found %s twice, in %s and %s, expected each batch once. Keep one of them."
                .formatted(origin, batch.get().fileName(), earlier, path));
      }
    }
    return batch;
  }

  /** Whether any file was a batch. */
  public boolean holdsBatches() {
    return !paths.isEmpty();
  }

  /** Whether every batch was there. */
  public boolean isComplete() {
    return paths.keySet().containsAll(of.batches());
  }

  /**
   * Checks that every batch was there.
   *
   * @throws JobException when one is missing
   */
  public void requireComplete() {
    if (isComplete()) {
      return;
    }
    throw JobException.data(
        "Cannot read %s: found no %s, expected %s. Get a complete copy of %s."
            .formatted(
                origin,
                of.batches().stream()
                    .filter(batch -> !paths.containsKey(batch))
                    .map(Batch::fileName)
                    .collect(Collectors.joining(", ")),
                of.fileNames(),
                of.dataSet().title()));
  }
}
