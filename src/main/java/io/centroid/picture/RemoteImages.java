package io.centroid.picture;

import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;

/** Lists a file or directory of HDFS, an object store, and whatever else Hadoop knows. */
final class RemoteImages {
  private final FileSystem fileSystem;
  private final Path root;
  private final ImageListing listing = new ImageListing();

  private RemoteImages(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /**
   * Lists what is at a path.
   *
   * @param path qualified
   */
  static ImageListing list(FileSystem fileSystem, Path path) throws IOException {
    RemoteImages images = new RemoteImages(fileSystem, path);
    FileStatus status = fileSystem.getFileStatus(path);
    if (status.isFile()) {
      images.listing.file(path.getName(), path.toString());
    } else if (StorageKind.of(fileSystem) == StorageKind.OBJECT_STORE) {
      images.listAllAtOnce();
    } else {
      images.walk(path);
    }
    return images.listing;
  }

  /** A thousand files with each request, whatever directories they are in. */
  private void listAllAtOnce() throws IOException {
    RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(root, true);
    while (found.hasNext()) {
      Path file = found.next().getPath();
      Path hidden = null;
      for (Path at = file; !at.equals(root); at = at.getParent()) {
        hidden = ImageListing.isHidden(at.getName()) ? at : hidden;
      }
      if (hidden == null) {
        listing.file(id(file), file.toString());
      } else {
        listing.hidden(id(hidden));
      }
    }
  }

  private void walk(Path directory) throws IOException {
    for (FileStatus child : children(directory)) {
      Path path = child.getPath();
      if (ImageListing.isHidden(path.getName())) {
        listing.hidden(id(path));
      } else if (child.isDirectory()) {
        walk(path);
      } else {
        listing.file(id(path), path.toString());
      }
    }
  }

  private FileStatus[] children(Path directory) throws IOException {
    try {
      return fileSystem.listStatus(directory);
    } catch (FileNotFoundException | AccessControlException e) {
      if (directory.equals(root)) {
        throw e;
      }
      listing.failed(id(directory), e);
      return new FileStatus[0];
    }
  }

  private String id(Path path) {
    return root.toUri().relativize(path.toUri()).getPath();
  }
}
