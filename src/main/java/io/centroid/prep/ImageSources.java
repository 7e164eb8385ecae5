package io.centroid.prep;

import io.centroid.data.BatchInventory;
import io.centroid.data.ImageSource;
import io.centroid.error.JobException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Finds CIFAR-10 where a path points to, by what is there and never by how it is named. */
public final class ImageSources {
  private static final String EXPECTED =
      "expected CIFAR-10: its .tar.gz archive, or the directory that was extracted from it";

  private ImageSources() {}

  /**
   * Opens an archive (tar, gzip'd or not) or a directory with extracted batches; the binary and the
   * Python version are both read.
   *
   * <p>A directory may hold the batches itself, or have one sub-directory that does, or, if neither
   * is so, hold one archive.
   *
   * @param path a path of any Hadoop file system
   * @throws JobException with category DATA when nothing is there, or nothing that is CIFAR-10, or
   *     reading is not permitted; with category SETTINGS when more than one copy is there
   * @throws IOException when the storage fails
   */
  public static ImageSource open(Path path, Configuration configuration) throws IOException {
    SourceFiles storage = SourceFiles.of(path, configuration);
    FileStatus status = storage.status(path);
    if (status.isDirectory()) {
      return openDirectory(storage, path);
    }
    if (!ArchiveStream.isArchive(storage, path)) {
      throw JobException.data(
          "Cannot read %s: found a file that is no tar archive, %s. Give the path of one of them."
              .formatted(path, EXPECTED));
    }
    return new ArchiveImages(storage, path);
  }

  private static ImageSource openDirectory(SourceFiles storage, Path path) throws IOException {
    List<FileStatus> children = storage.list(path);
    if (children.isEmpty()) {
      throw JobException.data(
          "Cannot read %s: found an empty directory, %s. Give the path of one of them."
              .formatted(path, EXPECTED));
    }
    List<ImageSource> sources = new ArrayList<>();
    List<String> names = new ArrayList<>();
    if (holdsBatches(path, children)) {
      sources.add(new DirectoryImages(storage, path, children));
      names.add("batches");
    }
    for (FileStatus child : children) {
      if (child.isDirectory()) {
        List<FileStatus> grandchildren = storage.list(child.getPath());
        if (holdsBatches(child.getPath(), grandchildren)) {
          sources.add(new DirectoryImages(storage, child.getPath(), grandchildren));
          names.add(child.getPath().getName());
        }
      }
    }
    if (sources.isEmpty()) {
      for (FileStatus child : children) {
        if (child.isFile() && ArchiveStream.isArchive(storage, child.getPath())) {
          sources.add(new ArchiveImages(storage, child.getPath()));
          names.add(child.getPath().getName());
        }
      }
    }
    if (sources.isEmpty()) {
      throw JobException.data(
          "Cannot read %s: found a directory with neither batches nor an archive, %s. Give the path of one of them."
              .formatted(path, EXPECTED));
    }
    if (sources.size() > 1) {
      throw JobException.settings(
          "Cannot choose the data in %s: found %s, expected one copy of CIFAR-10. Give the path of one of them."
              .formatted(path, names.stream().sorted().collect(Collectors.joining(" and "))));
    }
    return sources.get(0);
  }

  private static boolean holdsBatches(Path directory, List<FileStatus> files) {
    BatchInventory inventory = new BatchInventory(directory.toString());
    files.stream().filter(FileStatus::isFile).forEach(f -> inventory.add(f.getPath().getName()));
    return inventory.holdsBatches();
  }
}
