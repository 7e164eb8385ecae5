package io.centroid.source;

import io.centroid.cifar.Batch;
import io.centroid.cifar.BatchInventory;
import io.centroid.cifar.Cifar;
import io.centroid.data.FileKind;
import io.centroid.data.ImageSource;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.shard.Manifest;
import io.centroid.source.ArchiveImages.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
 * that has them, else an archive, else batches of which some are missing. Where there is nothing of
 * it, CIFAR-100 is taken in the same way, or MNIST. Other data sets there do not disturb it, nor
 * does what cannot be read.
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

  /** Something that can be read. */
  private record Copy(OfficialImages source, String name, Version version) {
    boolean isOf(Cifar which) {
      return source.of() == which;
    }

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
    List<Copy> complete = batches(children);
    List<Copy> archives =
        complete.stream().anyMatch(copy -> copy.isOf(Cifar.CIFAR_10)) ? List.of() : archives();
    for (Cifar of : Cifar.values()) {
      for (List<Copy> copies : List.of(complete, archives, incomplete)) {
        List<Copy> found = copies.stream().filter(copy -> copy.isOf(of)).toList();
        if (!found.isEmpty()) {
          return chosen(found).source();
        }
      }
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
    for (int depth = 1;
        depth <= DEPTH && complete.stream().noneMatch(copy -> copy.isOf(Cifar.CIFAR_10));
        depth++) {
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
      for (Cifar of : Cifar.values()) {
        BatchInventory inventory = new BatchInventory(of, place.toString());
        List<FileStatus> batches = new ArrayList<>();
        for (FileStatus file : regular) {
          String name = file.getPath().getName();
          if (name.endsWith(".bin") == (version == Version.BINARY) && isBatch(of, file)) {
            inventory.add(name).ifPresent(batch -> batches.add(file));
          }
        }
        if (inventory.holdsBatches()) {
          Copy copy =
              new Copy(new DirectoryImages(of, storage, place, batches), name(place), version);
          (inventory.isComplete() ? complete : incomplete).add(copy);
        }
      }
    }
    regular.stream()
        .filter(file -> Arrays.stream(Cifar.values()).noneMatch(of -> isBatch(of, file)))
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

  /** Many a small file is called "test". */
  private static boolean isBatch(Cifar of, FileStatus file) {
    return Batch.named(of, file.getPath().getName()).isPresent()
        && (of == Cifar.CIFAR_10 || file.getLen() > ArchiveImages.BIG_MEMBER_BYTES);
  }

  private List<Copy> archives() throws IOException {
    List<Copy> archives = new ArrayList<>();
    for (Path file : files) {
      try {
        Optional<FileKind> kind = FileKind.of(storage.start(file));
        if (kind.filter(FileKind::isArchive).isPresent()) {
          ArchiveImages.form(storage, file, others)
              .ifPresent(
                  form ->
                      archives.add(
                          new Copy(
                              new ArchiveImages(form.of(), storage, file),
                              name(file),
                              form.version())));
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
          "Cannot choose the data in %s: found %s, expected one copy of %s. Give the path of one of them."
              .formatted(
                  directory,
                  candidates.stream().map(Copy::name).sorted().collect(Collectors.joining(" and ")),
                  candidates.get(0).source().dataSet().title()));
    }
    return candidates.get(0);
  }

  /** A path as messages name it: below the directory that was given. */
  private String name(Path path) {
    String full = path.toUri().getPath();
    return full.startsWith(whole + "/") ? full.substring(whole.length() + 1) : path.getName();
  }
}
