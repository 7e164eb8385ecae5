package io.centroid.shard;

import io.centroid.publish.HashedOutput;
import io.centroid.publish.WrittenFile;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A file for Parquet to write, whose bytes are accounted for. */
final class AccountedFile implements OutputFile {
  private final FileSystem fileSystem;
  private final Path path;
  private HashedOutput out;

  AccountedFile(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  /** What was written, once the file is closed. */
  WrittenFile written(String name) {
    return out.written(name);
  }

  /** Closes what is open, of a file that will not be used. */
  void abandon() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    return createOrOverwrite(blockSizeHint);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
    out = new HashedOutput(fileSystem.create(path, true));
    return new Positioned(out);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  private static final class Positioned extends PositionOutputStream {
    private final HashedOutput out;

    Positioned(HashedOutput out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return out.bytes();
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
    }

    @Override
    public void write(byte[] buffer, int from, int count) throws IOException {
      out.write(buffer, from, count);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
