package io.centroid.cifar10;

import io.centroid.error.JobException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The files of an archive or a directory, checked to be CIFAR-10: every batch, each once. */
public final class BatchInventory {
  private static final Set<String> CIFAR_100_FILES =
      Set.of(
          "train.bin",
          "test.bin",
          "coarse_label_names.txt",
          "fine_label_names.txt",
          "train",
          "test",
          "meta");

  private final String origin;
  private final Map<Batch, String> paths = new EnumMap<>(Batch.class);
  private String cifar100File;

  /** Starts an empty inventory of {@code origin}, the archive or directory that messages name. */
  public BatchInventory(String origin) {
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
    Optional<Batch> batch = Batch.named(name);
    if (batch.isPresent()) {
      String earlier = paths.putIfAbsent(batch.get(), path);
      if (earlier != null) {
        throw JobException.data(
            "Cannot read %s: found %s twice, in %s and %s, expected each batch once. Keep one of them."
                .formatted(origin, batch.get().fileName(), earlier, path));
      }
    } else if (cifar100File == null && CIFAR_100_FILES.contains(name)) {
      cifar100File = path;
    }
    return batch;
  }

  /** Whether any file was a batch of CIFAR-10. */
  public boolean holdsBatches() {
    return !paths.isEmpty();
  }

  /** Whether every batch was there. */
  public boolean isComplete() {
    return paths.size() == Batch.values().length;
  }

  /** A file that by its name is one of CIFAR-100. */
  public Optional<String> cifar100File() {
    return Optional.ofNullable(cifar100File);
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
    String missing =
        Arrays.stream(Batch.values())
            .filter(batch -> !paths.containsKey(batch))
            .map(Batch::fileName)
            .collect(Collectors.joining(", "));
    throw JobException.data(
        ("Cannot read %s: found no %s, expected data_batch_1 to data_batch_5 and test_batch."
                + " Get a complete copy of CIFAR-10.")
            .formatted(origin, missing));
  }
}
