package io.centroid.order;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.kryo.RecordSerializer;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire when examples are brought into order. */
public final class OrderKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, SortKey.class);
  }
}
