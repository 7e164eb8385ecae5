package io.centroid.storage;

import java.util.Set;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;

/** What kinds of storage differ in: how something can get its name at once. */
public enum StorageKind {
  /** The operating system's own file systems: renaming is one system call. */
  LOCAL,
  /** HDFS and what behaves like it: renaming is one operation of a server. */
  DISTRIBUTED,
  /**
   * A file appears whole when its stream is closed; renaming a directory copies one file after the
   * other, which others can see.
   */
  OBJECT_STORE;

  private static final Set<String> OBJECT_STORES =
      Set.of("s3a", "s3", "s3n", "gs", "oss", "cosn", "obs");

  /** The kind of a file system, by its scheme. */
  public static StorageKind of(FileSystem fileSystem) {
    String scheme = fileSystem.getUri().getScheme();
    if (OBJECT_STORES.contains(scheme)) {
      return OBJECT_STORE;
    }
    return scheme.equals("file") ? LOCAL : DISTRIBUTED;
  }

  /**
   * The same file system without checksum files beside the files it writes: these get their names
   * one after the other, and do not match in between.
   */
  public static FileSystem withoutChecksumFiles(FileSystem fileSystem) {
    return fileSystem instanceof ChecksumFileSystem checksummed
        ? checksummed.getRawFileSystem()
        : fileSystem;
  }
}
