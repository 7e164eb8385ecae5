package io.centroid.train;

import com.esotericsoftware.kryo.Kryo;
import de.javakaffee.kryoserializers.SynchronizedCollectionsSerializer;
import de.javakaffee.kryoserializers.UnmodifiableCollectionsSerializer;
import io.centroid.average.AverageKryoRegistrator;
import io.centroid.deal.DealKryoRegistrator;
import io.centroid.evaluate.EvaluateKryoRegistrator;
import io.centroid.shard.ShardKryoRegistrator;
import java.util.ArrayList;
import org.apache.spark.serializer.KryoRegistrator;
import org.nd4j.common.primitives.AtomicDouble;
import org.nd4j.kryo.Nd4jSerializer;
import org.nd4j.kryo.primitives.AtomicDoubleSerializer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Registers with Kryo everything that crosses the wire between driver and executors: what each
 * package registers, ND4J's arrays, and collections of the standard library.
 *
 * <p>Records with large arrays get serializers that copy in bulk; all others Kryo's own.
 */
public final class CentroidKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(Nd4j.getBackend().getNDArrayClass(), new Nd4jSerializer());
    kryo.register(AtomicDouble.class, new AtomicDoubleSerializer());
    UnmodifiableCollectionsSerializer.registerSerializers(kryo);
    SynchronizedCollectionsSerializer.registerSerializers(kryo);
    new ShardKryoRegistrator().registerClasses(kryo);
    new DealKryoRegistrator().registerClasses(kryo);
    new EvaluateKryoRegistrator().registerClasses(kryo);
    new AverageKryoRegistrator().registerClasses(kryo);
    kryo.register(int[].class);
    kryo.register(Object[].class);
    kryo.register(ArrayList.class);
    kryo.register(ArrayList[].class);
    kryo.register(DataSet.class);
  }
}
