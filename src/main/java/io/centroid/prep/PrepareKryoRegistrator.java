package io.centroid.prep;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.ChannelSums;
import io.centroid.data.ColumnTally;
import io.centroid.data.PixelTally;
import io.centroid.kryo.RecordSerializer;
import io.centroid.order.OrderKryoRegistrator;
import io.centroid.shard.ShardKryoRegistrator;
import io.centroid.source.SourceKryoRegistrator;
import java.math.BigInteger;
import java.util.ArrayList;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what the preparation sends between driver and executors. */
public final class PrepareKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    new ShardKryoRegistrator().registerClasses(kryo);
    new SourceKryoRegistrator().registerClasses(kryo);
    new OrderKryoRegistrator().registerClasses(kryo);
    RecordSerializer.register(kryo, SortedContent.Found.class);
    RecordSerializer.register(kryo, SortedContent.Unreadable.class);
    kryo.register(SortedContent.Found[].class);
    kryo.register(PixelTally.class);
    kryo.register(ColumnTally.class);
    kryo.register(ChannelSums.class);
    kryo.register(ChannelStatistics.Accumulator.class);
    kryo.register(BigInteger.class);
    kryo.register(ArrayList.class);
    kryo.register(long[].class);
    kryo.register(long[][].class);
  }
}
