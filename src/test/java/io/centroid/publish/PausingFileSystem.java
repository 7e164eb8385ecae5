package io.centroid.publish;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system; of the operations whose name matches the system property {@code pause.at}
 * the one with the number after its "#", or the first, waits until a line comes in on standard
 * input. Under the scheme s3a it is one that renames nothing at once.
 */
public final class PausingFileSystem extends LocalFileSystem {
  private static final String[] PAUSE_AT = System.getProperty("pause.at", "nowhere").split("#");
  private static int left = PAUSE_AT.length == 1 ? 1 : Integer.parseInt(PAUSE_AT[1]);

  /** Creates the file system; Hadoop does that. */
  public PausingFileSystem() {
    super(new Raw("file"));
  }

  /** Under the scheme of an object store. */
  public static final class ObjectStore extends Raw {
    /** Creates the file system; Hadoop does that. */
    public ObjectStore() {
      super("s3a");
    }
  }

  private static class Raw extends RawLocalFileSystem {
    private final String scheme;

    Raw(String scheme) {
      this.scheme = scheme;
    }

    @Override
    public URI getUri() {
      return URI.create(scheme + ":///");
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
      pauseAt("make " + path);
      return super.mkdirs(path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      pauseAt("rename to " + to);
      return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
      pauseAt("delete " + path);
      return super.delete(path, recursive);
    }

    @Override
    protected OutputStream createOutputStreamWithMode(
        Path file, boolean append, FsPermission permission) throws IOException {
      pauseAt("create " + file);
      return super.createOutputStreamWithMode(file, append, permission);
    }
  }

  private static void pauseAt(String operation) throws IOException {
    synchronized (PausingFileSystem.class) {
      if (!operation.matches(PAUSE_AT[0]) || --left != 0) {
        return;
      }
    }
    System.out.println("paused before: " + operation);
    System.out.flush();
    if (System.in.read() < 0) {
      throw new IOException("nobody lets this go on");
    }
  }
}
