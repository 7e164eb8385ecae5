package io.centroid.train;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.average.AverageKryoRegistrator;
import io.centroid.compute.TrainingState;
import io.centroid.deal.ExampleBlock;
import io.centroid.deal.TrainingExample;
import io.centroid.evaluate.Classifier;
import io.centroid.evaluate.Counts;
import io.centroid.evaluate.Examination;
import io.centroid.evaluate.Gallery;
import io.centroid.evaluate.GalleryTally;
import io.centroid.evaluate.Prediction;
import io.centroid.example.ExampleShape;
import io.centroid.example.FloatCoding;
import io.centroid.kryo.RecordSerializer;
import io.centroid.shard.ShardKryoRegistrator;
import java.util.ArrayList;
import org.apache.spark.serializer.KryoRegistrator;
import org.nd4j.kryo.Nd4jRegistrator;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Registers with Kryo everything that crosses the wire between driver and executors, ND4J's arrays
 * included.
 *
 * <p>Records with large arrays get serializers that copy in bulk; all others Kryo's own.
 */
public final class CentroidKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    new Nd4jRegistrator().registerClasses(kryo);
    new ShardKryoRegistrator().registerClasses(kryo);
    new AverageKryoRegistrator().registerClasses(kryo);
    kryo.register(float[][].class);
    kryo.register(double[].class);
    kryo.register(double[][].class);
    kryo.register(long[].class);
    kryo.register(long[][].class);
    kryo.register(int[].class);
    kryo.register(byte[].class);
    kryo.register(Object[].class);
    kryo.register(DataSet.class);
    kryo.register(ArrayList.class);
    RecordSerializer.register(kryo, ExampleShape.class);
    RecordSerializer.register(kryo, TrainingState.class);
    RecordSerializer.register(kryo, TrainingExample.class);
    RecordSerializer.register(kryo, ExampleBlock.class);
    RecordSerializer.register(kryo, FloatCoding.class);
    RecordSerializer.register(kryo, Classifier.class);
    RecordSerializer.register(kryo, Counts.class);
    RecordSerializer.register(kryo, GalleryTally.class);
    RecordSerializer.register(kryo, Gallery.Shown.class);
    RecordSerializer.register(kryo, Prediction.class);
    RecordSerializer.register(kryo, Examination.Part.class);
    kryo.register(ExampleShape[].class);
    kryo.register(ExampleBlock[].class);
    kryo.register(Counts[].class);
    kryo.register(Examination.Part[].class);
    kryo.register(ArrayList[].class);
  }
}
