package io.centroid.average;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.average.RoundExchange.Delivery;
import io.centroid.kryo.RecordSerializer;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire in a round. */
public final class AverageKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, WorkerResult.class);
    RecordSerializer.register(kryo, PartialSum.class);
    RecordSerializer.register(kryo, RoundTally.class);
    RecordSerializer.register(kryo, BroadcastExchange.Inline.class);
    RecordSerializer.register(kryo, ReferenceExchange.Ticket.class);
    RecordSerializer.register(kryo, BlockExchange.Posted.class);
    kryo.register(Delivery[].class);
  }
}
