package io.centroid.source;

import io.centroid.cifar.Cifar;
import io.centroid.data.FileKind;
import io.centroid.data.ImageSource;
import io.centroid.error.JobException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Finds CIFAR-10, or CIFAR-100 or MNIST, where a path points to, by what is there and never by how
 * it is named.
 */
public final class ImageSources {
  private ImageSources() {}

  /**
   * Opens an archive (tar, gzip'd or not) or a directory with extracted batches; the binary and the
   * Python version are both read.
   *
   * <p>A directory may hold the batches itself, or have them in a sub-directory, or one below, or,
   * if neither is so, hold an archive. What else is there does not matter, nor whether it can be
   * read. Of both versions side by side the binary one is taken.
   *
   * @param path a path of any Hadoop file system
   * @throws JobException with category DATA when nothing is there, or nothing that is one of them;
   *     with category SETTINGS when more than one copy is there or reading is not permitted
   * @throws IOException when the storage fails
   */
  public static ImageSource open(Path path, Configuration configuration) throws IOException {
    SourceFiles storage = SourceFiles.of(path, configuration);
    FileStatus status = storage.status(path);
    if (status.isDirectory()) {
      return new SourceSearch(storage, path).find();
    }
    if (!storage.isRegular(status)) {
      throw OtherContent.refusal(
          path.toString(), "a pipe, socket or device", "Give the path of one of them");
    }
    Optional<FileKind> kind = FileKind.of(storage.start(path));
    if (kind.filter(FileKind::isArchive).isEmpty()) {
      throw OtherContent.refusal(path.toString(), kind);
    }
    Cifar of =
        ArchiveImages.form(storage, path, new OtherContent(path.toString()))
            .map(ArchiveImages.Form::of)
            .orElse(Cifar.CIFAR_10);
    return new ArchiveImages(of, storage, path);
  }
}
