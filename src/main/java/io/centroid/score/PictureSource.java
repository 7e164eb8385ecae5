package io.centroid.score;

import io.centroid.data.DataSet;
import java.io.IOException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Where the images to score come from. */
@FunctionalInterface
public interface PictureSource {

  /**
   * All images, in an order that depends on nothing but the source.
   *
   * @param dataSet what the model was trained on
   * @throws io.centroid.error.JobException when there are none, or they cannot be read
   */
  JavaRDD<Picture> pictures(JavaSparkContext context, DataSet dataSet) throws IOException;
}
