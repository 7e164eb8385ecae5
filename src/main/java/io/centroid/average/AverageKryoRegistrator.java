package io.centroid.average;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.average.RoundExchange.LostMembers;
import io.centroid.average.RoundExchange.TaskResult;
import io.centroid.compute.TrainingState;
import io.centroid.kryo.RecordSerializer;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire in a training by averaging. */
public final class AverageKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, TrainingSession.class);
    RecordSerializer.register(kryo, TrainingState.class);
    RecordSerializer.register(kryo, RoundTally.class);
    RecordSerializer.register(kryo, RoundTally.Time.class);
    RecordSerializer.register(kryo, LostMembers.class);
    RecordSerializer.register(kryo, ReferenceExchange.LocalReference.class);
    RecordSerializer.register(kryo, BlockExchange.BlockReference.class);
    RecordSerializer.register(kryo, BlockExchange.Block.class);
    kryo.register(TaskResult[].class);
    kryo.register(int[].class);
    kryo.register(float[][].class);
  }
}
