package io.centroid.score;

import io.centroid.data.DataSet;
import io.centroid.error.JobException;
import io.centroid.source.TableRow;
import io.centroid.source.TableSource;
import java.io.IOException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of a table that has the columns which the model was trained on, whatever others it has;
 * called by their id column, or else by a hash of these columns.
 *
 * @param path any Hadoop path
 * @param format as of {@link io.centroid.source.TableOptions}
 * @param id name of a column; null for none
 */
public record TableRows(SparkSession session, String path, String format, String id)
    implements PictureSource {

  @Override
  public JavaRDD<Picture> pictures(JavaSparkContext context, DataSet dataSet) throws IOException {
    if (dataSet.featureNames() == null) {
      throw JobException.settings(
          "Cannot score table %s: found a model of %s, whose examples are pictures, expected one of rows. Use --images, --data or --shards."
              .formatted(path, dataSet.title()));
    }
    return TableSource.features(session, path, format, dataSet.featureNames(), id)
        .map(TableRows::picture);
  }

  private static Picture picture(TableRow row) {
    return row.problem() == null
        ? Picture.of(row.id(), row.features())
        : Picture.unreadable(row.id(), row.problem());
  }
}
