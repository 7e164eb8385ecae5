package io.centroid.source;

import io.centroid.cifar10.Batch;
import io.centroid.cifar10.BatchInventory;
import io.centroid.cifar10.BatchReader;
import io.centroid.data.FileKind;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The images of an archive, read in one pass; nothing is extracted. */
final class ArchiveImages implements OfficialImages {
  /** What {@link #version} looks at: the small files come first or not at all. */
  private static final int MEMBERS_LOOKED_AT = 64;

  private static final int BIG_MEMBER_BYTES = 1 << 20;

  private final SourceFiles storage;
  private final Path path;

  ArchiveImages(SourceFiles storage, Path path) {
    this.storage = storage;
    this.path = path;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    BatchInventory inventory = new BatchInventory(path.toString());
    OtherContent others = new OtherContent(path.toString());
    try (ArchiveStream archive = ArchiveStream.open(storage, path)) {
      boolean isEmpty = true;
      while (archive.next()) {
        isEmpty = false;
        Optional<Batch> batch = inventory.add(archive.member());
        if (batch.isPresent()) {
          String file = archive.member() + " in " + path;
          BatchReader.read(batch.get(), file, archive.memberBytes(), archive, consumer);
        } else if (!inventory.holdsBatches()) {
          FileKind.of(archive.readNBytes(FileKind.START_BYTES))
              .ifPresent(kind -> others.add(archive.member(), kind));
        }
      }
      if (isEmpty) {
        throw OtherContent.refusal(path.toString(), "an empty archive", "Get a fresh copy of it");
      }
      if (!inventory.holdsBatches()) {
        inventory.cifar100File().ifPresent(others::addCifar100);
        throw others.refusal();
      }
      inventory.requireComplete();
      return List.of(archive.finish());
    }
  }

  /** A version of CIFAR-10 in which images are distributed. */
  enum Version {
    BINARY,
    PYTHON
  }

  /**
   * Which version of CIFAR-10 this is, as far as the archive's beginning tells.
   *
   * @param others told what it is instead
   * @throws io.centroid.error.JobException when the archive is damaged there
   */
  Optional<Version> version(OtherContent others) throws IOException {
    BatchInventory inventory = new BatchInventory(path.toString());
    try (ArchiveStream archive = ArchiveStream.open(storage, path)) {
      for (int i = 0; i < MEMBERS_LOOKED_AT && archive.next(); i++) {
        if (inventory.add(archive.member()).isPresent()) {
          return Optional.of(archive.member().endsWith(".bin") ? Version.BINARY : Version.PYTHON);
        }
        String member = archive.member() + " in " + path.getName();
        inventory.cifar100File().ifPresent(file -> others.addCifar100(member));
        FileKind.of(archive.readNBytes(FileKind.START_BYTES))
            .ifPresent(kind -> others.add(member, kind));
        if (archive.memberBytes() > BIG_MEMBER_BYTES) {
          break;
        }
      }
    }
    return Optional.empty();
  }
}
