package io.centroid.source;

import io.centroid.cifar10.Batch;
import io.centroid.cifar10.BatchInventory;
import io.centroid.data.FileKind;
import io.centroid.data.ImageSource;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.shard.Manifest;
import io.centroid.source.ArchiveImages.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The search for CIFAR-10 in a directory and those below it: complete batches in the nearest one
 * that has them, else an archive, else batches of which some are missing. Other data sets there do
 * not disturb it, nor does what cannot be read.
 */
final class SourceSearch {
  private static final Logger LOG = LogManager.getLogger();

  /** As deep as Keras' cache keeps batches. */
  private static final int DEPTH = 2;

  /** On an object store each takes a request. */
  private static final int DIRECTORIES_MAXIMUM = 200;

  /** The largest files of a directory that are opened to see what they are. */
  private static final int FILES_MAXIMUM = 50;

  /** Endings of files that are being written or were left so. */
  private static final List<String> UNFINISHED =
      List.of(".part", ".partial", ".crdownload", ".download", ".tmp", "~");

  /** Something that can be read as CIFAR-10. */
  private record Copy(ImageSource source, String name, Version version) {
    boolean isUnfinished() {
      return name.startsWith(".") || UNFINISHED.stream().anyMatch(name::endsWith);
    }
  }

  private final SourceFiles storage;
  private final Path directory;
  private final OtherContent others;
  private final List<Copy> incomplete = new ArrayList<>();

  /** Files that may be archives, the large ones of a directory first. */
  private final List<Path> files = new ArrayList<>();

  /** Of the first archive that cannot be read. */
  private JobException damage;

  /** What was looked at, to which several links may lead. */
  private final Set<Path> seen = new HashSet<>();

  /** The directory's path as the file system has it. */
  private String whole;

  SourceSearch(SourceFiles storage, Path directory) {
    this.storage = storage;
    this.directory = directory;
    this.others = new OtherContent(directory.toString());
  }

  /**
   * Searches.
   *
   * @throws JobException with category DATA when nothing is found, SETTINGS when the user has to
   *     choose
   */
  ImageSource find() throws IOException {
    List<FileStatus> children = storage.list(directory);
    if (children.isEmpty()) {
      throw OtherContent.refusal(
          directory.toString(), "an empty directory", "Give the path of one of them");
    }
    seen.add(storage.target(directory));
    whole = children.get(0).getPath().getParent().toUri().getPath();
    List<Copy> found = batches(children);
    if (found.isEmpty()) {
      found = archives();
    }
    if (found.isEmpty()) {
      found = incomplete;
    }
    if (!found.isEmpty()) {
      return chosen(found).source();
    }
    Optional<IdxImages> idx = IdxImages.find(storage, files);
    if (idx.isEmpty()) {
      throw damage == null ? others.refusal() : damage;
    }
    return idx.get();
  }

  /** The complete copies of the nearest level that has one. */
  private List<Copy> batches(List<FileStatus> children) {
    List<Copy> complete = new ArrayList<>(batches(directory, children));
    List<Path> level = directories(children);
    int listed = 0;
    for (int depth = 1; depth <= DEPTH && complete.isEmpty(); depth++) {
      List<Path> below = new ArrayList<>();
      for (Path child : level) {
        if (++listed > DIRECTORIES_MAXIMUM) {
          break;
        }
        if (!seen.add(storage.target(child))) {
          continue;
        }
        List<FileStatus> grandchildren = listed(child);
        complete.addAll(batches(child, grandchildren));
        below.addAll(directories(grandchildren));
      }
      level = below;
    }
    return complete;
  }

  private static List<Path> directories(List<FileStatus> children) {
    return children.stream().filter(FileStatus::isDirectory).map(FileStatus::getPath).toList();
  }

  private List<FileStatus> listed(Path child) {
    try {
      return storage.list(child);
    } catch (IOException | JobException e) {
      LOG.info("Not looked into: {}", child, e);
      others.addUnreadable(name(child));
      return List.of();
    }
  }

  /** The complete copies in one directory, which may hold both versions. */
  private List<Copy> batches(Path place, List<FileStatus> children) {
    List<FileStatus> regular = children.stream().filter(storage::isRegular).toList();
    List<Copy> complete = new ArrayList<>();
    for (Version version : Version.values()) {
      BatchInventory inventory = new BatchInventory(place.toString());
      List<FileStatus> batches = new ArrayList<>();
      for (FileStatus file : regular) {
        String name = file.getPath().getName();
        boolean isBinary = name.endsWith(".bin");
        if (Batch.named(name).isEmpty() || isBinary == (version == Version.BINARY)) {
          inventory.add(name).ifPresent(batch -> batches.add(file));
        }
      }
      if (inventory.holdsBatches()) {
        Copy copy = new Copy(new DirectoryImages(storage, place, batches), name(place), version);
        (inventory.isComplete() ? complete : incomplete).add(copy);
      } else {
        inventory.cifar100File().ifPresent(file -> others.addCifar100(name(new Path(place, file))));
      }
    }
    regular.stream()
        .filter(file -> Batch.named(file.getPath().getName()).isEmpty())
        .sorted(Comparator.comparingLong(FileStatus::getLen).reversed())
        .limit(FILES_MAXIMUM)
        .map(FileStatus::getPath)
        .filter(file -> seen.add(storage.target(file)))
        .forEach(files::add);
    if (regular.stream().anyMatch(file -> file.getPath().getName().equals(Manifest.FILE))) {
      others.addShardSet(name(new Path(place, Manifest.FILE)));
    }
    return complete;
  }

  private List<Copy> archives() throws IOException {
    List<Copy> archives = new ArrayList<>();
    for (Path file : files) {
      try {
        Optional<FileKind> kind = FileKind.of(storage.start(file));
        if (kind.filter(FileKind::isArchive).isPresent()) {
          ArchiveImages archive = new ArchiveImages(storage, file);
          archive
              .version(others)
              .ifPresent(version -> archives.add(new Copy(archive, name(file), version)));
        } else {
          kind.ifPresent(its -> others.add(name(file), its));
        }
      } catch (JobException e) {
        LOG.info("Not read: {}", file, e);
        if (e.category() != FailureCategory.DATA) {
          others.addUnreadable(name(file));
        } else if (damage == null) {
          damage = e;
        }
      } catch (IOException e) {
        LOG.info("Not read: {}", file, e);
        others.addUnreadable(name(file));
      }
    }
    return archives;
  }

  private Copy chosen(List<Copy> found) {
    List<Copy> finished = found.stream().filter(copy -> !copy.isUnfinished()).toList();
    List<Copy> candidates = finished.isEmpty() ? found : finished;
    List<Copy> binary =
        candidates.stream().filter(copy -> copy.version() == Version.BINARY).toList();
    int others = candidates.size() - binary.size();
    if (binary.size() == 1 && others <= 1) {
      return binary.get(0); // both versions have the same images
    }
    if (candidates.size() > 1) {
      throw JobException.settings(
          "Cannot choose the data in %s: found %s, expected one copy of CIFAR-10. Give the path of one of them."
              .formatted(
                  directory,
                  candidates.stream()
                      .map(Copy::name)
                      .sorted()
                      .collect(Collectors.joining(" and "))));
    }
    return candidates.get(0);
  }

  /** A path as messages name it: below the directory that was given. */
  private String name(Path path) {
    String full = path.toUri().getPath();
    return full.startsWith(whole + "/") ? full.substring(whole.length() + 1) : path.getName();
  }
}
