package io.centroid.deal;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.example.ColumnCoding;
import io.centroid.example.ExampleShape;
import io.centroid.example.FloatCoding;
import io.centroid.kryo.RecordSerializer;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire when examples are dealt, or move between executors. */
public final class DealKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, TrainingExample.class);
    RecordSerializer.register(kryo, ExampleBlock.class);
    RecordSerializer.register(kryo, ExampleShape.class);
    RecordSerializer.register(kryo, FloatCoding.class);
    RecordSerializer.register(kryo, ColumnCoding.class);
    kryo.register(ExampleBlock[].class);
    kryo.register(ExampleShape[].class);
    kryo.register(long[].class);
    kryo.register(byte[].class);
  }
}
