package io.centroid.prep;

import io.centroid.shard.Example;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardWriter;
import io.centroid.shard.ShardWriter.Written;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** The task that writes one shard: reads its records, normalizes, writes Parquet. */
record WriteShard(
    String records,
    String target,
    List<ShardPlan> plans,
    RowFormat format,
    Broadcast<SerializableConfiguration> hadoop)
    implements Function<Integer, Written> {
  private static final int BUFFER = 1 << 20;

  @Override
  public Written call(Integer index) throws IOException {
    ShardPlan plan = plans.get(index);
    Configuration configuration = hadoop.value().value();
    byte[] pixels = new byte[format.shape().count()];
    try (ShardWriter writer =
            new ShardWriter(
                new Path(target),
                plan.file(),
                plan.split(),
                format,
                TaskContext.get().taskAttemptId(),
                configuration);
        RecordReader reader =
            new RecordReader(new Path(records), 1 + pixels.length, configuration)) {
      for (int id : plan.ids()) {
        int label = reader.read(id, pixels);
        writer.write(new Example(id, label, pixels));
      }
      return writer.commit();
    }
  }

  /** Reads records of ascending ids, skipping those in between. */
  private static final class RecordReader implements AutoCloseable {
    private final Path directory;
    private final int recordBytes;
    private final Configuration configuration;
    private InputStream in;
    private int file = -1;
    private int nextId;

    RecordReader(Path directory, int recordBytes, Configuration configuration) {
      this.directory = directory;
      this.recordBytes = recordBytes;
      this.configuration = configuration;
    }

    /** Reads one image's pixels and gives its label. */
    int read(int id, byte[] pixels) throws IOException {
      if (id / UnpackedImages.FILE_IMAGES != file) {
        open(id);
      }
      in.skipNBytes((long) (id - nextId) * recordBytes);
      int label = in.read();
      if (label < 0 || in.readNBytes(pixels, 0, pixels.length) != pixels.length) {
        throw new IOException("Cannot read record of image " + id + ": found the end of its file.");
      }
      nextId = id + 1;
      return label;
    }

    private void open(int id) throws IOException {
      close();
      file = id / UnpackedImages.FILE_IMAGES;
      FSDataInputStream stream =
          directory
              .getFileSystem(configuration)
              .open(new Path(directory, UnpackedImages.fileName(file)));
      int within = id % UnpackedImages.FILE_IMAGES;
      stream.seek((long) within * recordBytes);
      in = new BufferedInputStream(stream, BUFFER);
      nextId = id;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
        in = null;
      }
    }
  }
}
