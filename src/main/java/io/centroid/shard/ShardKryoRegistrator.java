package io.centroid.shard;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.data.Split;
import io.centroid.example.Coverage;
import io.centroid.kryo.BulkFloats;
import io.centroid.kryo.RecordSerializer;
import io.centroid.publish.WrittenFile;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what the preparation sends between driver and executors. */
public final class ShardKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(float[].class, new BulkFloats());
    kryo.register(Split.class);
    RecordSerializer.register(kryo, ShardEntry.class);
    RecordSerializer.register(kryo, Example.class);
    RecordSerializer.register(kryo, WrittenFile.class);
    RecordSerializer.register(kryo, ShardWriter.Written.class);
    kryo.register(ShardWriter.Written[].class);
    RecordSerializer.register(kryo, ShardIds.class);
    RecordSerializer.register(kryo, Coverage.class);
    kryo.register(Coverage[].class);
  }
}
