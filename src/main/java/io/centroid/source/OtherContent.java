package io.centroid.source;

import io.centroid.data.FileKind;
import io.centroid.error.JobException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is found in a place that should hold CIFAR-10 and does not: named, with what to do. */
final class OtherContent {
  private static final String EXPECTED =
      "expected CIFAR-10: its .tar.gz archive, or the directory that was extracted from it; or CIFAR-100's or MNIST's files, or a directory of pictures for each class";
  private static final String GIVE_ONE = "Give the path of one of them";

  private final String place;

  /** The first file of each kind. */
  private final Map<FileKind, String> files = new EnumMap<>(FileKind.class);

  private final List<String> unreadable = new ArrayList<>();
  private String shardSet;

  /** Starts with nothing in {@code place}, the file or directory that messages name. */
  OtherContent(String place) {
    this.place = place;
  }

  void add(String file, FileKind kind) {
    files.putIfAbsent(kind, file);
  }

  void addShardSet(String directory) {
    shardSet = shardSet == null ? directory : shardSet;
  }

  /** Takes note of what cannot be looked at, which does not stop the search. */
  void addUnreadable(String name) {
    unreadable.add(name);
  }

  /** The refusal of a single file of a kind, if that is known. */
  static JobException refusal(String file, Optional<FileKind> kind) {
    return refusal(
        file,
        kind.map(FileKind::found).orElse("a file that is no tar archive"),
        kind.map(FileKind::advice).orElse(GIVE_ONE));
  }

  /** The refusal of the place. */
  JobException refusal() {
    if (shardSet != null) {
      return refusal(
          place, "prepared shards (%s)".formatted(shardSet), "Give them to train with --shards");
    }
    Optional<Map.Entry<FileKind, String>> first = files.entrySet().stream().findFirst();
    if (first.isPresent()) {
      FileKind kind = first.get().getKey();
      return refusal(
          place, "%s (%.200s)".formatted(kind.found(), first.get().getValue()), kind.advice());
    }
    return refusal(
        place,
        "neither batches nor an archive"
            + (unreadable.isEmpty() ? "" : ", nor permission to look into " + unreadable.get(0)),
        GIVE_ONE);
  }

  static JobException refusal(String place, String found, String advice) {
    return JobException.data(
        "Cannot read %s: found %s, %s. %s.".formatted(place, found, EXPECTED, advice));
  }
}
