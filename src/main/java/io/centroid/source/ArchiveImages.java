package io.centroid.source;

import io.centroid.cifar.Batch;
import io.centroid.cifar.BatchInventory;
import io.centroid.cifar.BatchReader;
import io.centroid.cifar.Cifar;
import io.centroid.data.FileKind;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The images of an archive, read in one pass; nothing is extracted. */
final class ArchiveImages implements OfficialImages {
  /** What {@link #form} looks at: the small files come first or not at all. */
  private static final int MEMBERS_LOOKED_AT = 64;

  static final int BIG_MEMBER_BYTES = 1 << 20;

  private final Cifar of;
  private final SourceFiles storage;
  private final Path path;

  ArchiveImages(Cifar of, SourceFiles storage, Path path) {
    this.of = of;
    this.storage = storage;
    this.path = path;
  }

  @Override
  public Cifar of() {
    return of;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    BatchInventory inventory = new BatchInventory(of, path.toString());
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
        throw others.refusal();
      }
      inventory.requireComplete();
      return List.of(archive.finish());
    }
  }

  /** A version in which images are distributed. */
  enum Version {
    BINARY,
    PYTHON
  }

  /** What an archive holds. */
  record Form(Cifar of, Version version) {}

  /**
   * What an archive holds, as far as its beginning tells.
   *
   * @param others told what it is instead
   * @throws io.centroid.error.JobException when the archive is damaged there
   */
  static Optional<Form> form(SourceFiles storage, Path path, OtherContent others)
      throws IOException {
    try (ArchiveStream archive = ArchiveStream.open(storage, path)) {
      for (int i = 0; i < MEMBERS_LOOKED_AT && archive.next(); i++) {
        boolean isBig = archive.memberBytes() > BIG_MEMBER_BYTES;
        String member = archive.member();
        String name = member.substring(member.lastIndexOf('/') + 1);
        for (Cifar of : Cifar.values()) {
          // Many a small file is called "test".
          if (Batch.named(of, name).isPresent() && (isBig || of == Cifar.CIFAR_10)) {
            return Optional.of(
                new Form(of, name.endsWith(".bin") ? Version.BINARY : Version.PYTHON));
          }
        }
        FileKind.of(archive.readNBytes(FileKind.START_BYTES))
            .ifPresent(kind -> others.add(member + " in " + path.getName(), kind));
        if (isBig) {
          break;
        }
      }
    }
    return Optional.empty();
  }
}
