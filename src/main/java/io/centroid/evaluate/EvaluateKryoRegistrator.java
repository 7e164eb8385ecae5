package io.centroid.evaluate;

import com.esotericsoftware.kryo.Kryo;
import io.centroid.data.Thumbnail;
import io.centroid.kryo.RecordSerializer;
import org.apache.spark.serializer.KryoRegistrator;

/** Registers with Kryo what crosses the wire when a model is measured. */
public final class EvaluateKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    RecordSerializer.register(kryo, Classifier.class);
    RecordSerializer.register(kryo, Counts.class);
    RecordSerializer.register(kryo, GalleryTally.class);
    RecordSerializer.register(kryo, GalleryTally.Candidate.class);
    RecordSerializer.register(kryo, Thumbnail.class);
    RecordSerializer.register(kryo, Prediction.class);
    RecordSerializer.register(kryo, Examination.Part.class);
    kryo.register(Counts[].class);
    kryo.register(Examination.Part[].class);
    kryo.register(double[].class);
    kryo.register(long[].class);
    kryo.register(long[][].class);
  }
}
