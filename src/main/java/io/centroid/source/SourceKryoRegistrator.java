package io.centroid.source;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.kryo.RecordSerializer;
import io.centroid.source.ExampleSource.SourceExample;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire when executors read a source. */
public final class SourceKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, SourceExample.class);
    RecordSerializer.register(kryo, PictureFolders.Folder.class);
    RecordSerializer.register(kryo, PictureFolders.Found.class);
  }
}
