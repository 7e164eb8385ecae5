package io.centroid.fault;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system, in which one operation goes wrong: the one that {@link Fault} says. Below
 * the checksums, so that an operation is what the operating system does at once. Asking whether a
 * file is there does not count.
 *
 * <p>Put in place by {@code spark.hadoop.fs.file.impl}.
 */
public final class FaultyFileSystem extends LocalFileSystem {
  /** Creates the file system; Hadoop does that. */
  public FaultyFileSystem() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
      Fault.reading("open", file);
      return super.open(file, bufferSize);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      Fault.reading("list", path);
      return super.listStatus(path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      return Fault.changing("rename", to, () -> super.rename(from, to));
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
      return Fault.changing("delete", path, () -> super.delete(path, recursive));
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
      return Fault.changing("make directory", path, () -> super.mkdirs(path));
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
      return Fault.changing("make directory", path, () -> super.mkdirs(path, permission));
    }

    /** Does nothing: permissions are not the subject here, and each takes a process. */
    @Override
    public void setPermission(Path path, FsPermission permission) {}

    @Override
    protected OutputStream createOutputStreamWithMode(
        Path file, boolean append, FsPermission permission) throws IOException {
      if (file.getName().endsWith(".crc")) {
        return super.createOutputStreamWithMode(file, append, permission); // written with its file
      }
      return new Output(
          file,
          Fault.changing(
              "create", file, () -> super.createOutputStreamWithMode(file, append, permission)));
    }
  }

  private static final class Output extends FilterOutputStream {
    private final Path file;

    Output(Path file, OutputStream out) {
      super(out);
      this.file = file;
    }

    private Void writePart(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      return null;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int half = length / 2;
      Fault.changing("write", file, () -> writePart(bytes, offset, half));
      Fault.changing("go on writing", file, () -> writePart(bytes, offset + half, length - half));
    }
  }
}
