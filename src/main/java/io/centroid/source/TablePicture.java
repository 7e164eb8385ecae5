package io.centroid.source;

import io.centroid.data.FeatureShape;
import io.centroid.error.JobException;
import io.centroid.picture.ImageDecoder;
import io.centroid.picture.UnreadableImageException;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * A column of pictures, each as the bytes of its file, or as a struct that has these as {@code
 * bytes}, which is how Hugging Face keeps them.
 *
 * @param column its name
 * @param shape what all pictures become
 * @param size what was said of their size
 */
record TablePicture(String column, FeatureShape shape, PictureSize size) implements RowFeatures {
  private static final String BYTES = "bytes";

  /** Whether values of a type may be pictures. */
  static boolean isOfPictures(DataType type) {
    return type instanceof BinaryType
        || (type instanceof StructType struct
            && List.of(struct.fieldNames()).contains(BYTES)
            && struct.apply(BYTES).dataType() instanceof BinaryType);
  }

  /**
   * The pictures of a table, of the size that was said, or that of its first one.
   *
   * @throws JobException with category DATA when the first one is none
   */
  static TablePicture of(String table, Dataset<Row> rows, String column, PictureSize size)
      throws IOException {
    FeatureShape shape = size.shapeOr(() -> shapeOfFirst(table, rows, column));
    return new TablePicture(column, shape, size);
  }

  /** Of the picture whose bytes come first, so that it does not matter in which order rows come. */
  private static FeatureShape shapeOfFirst(String table, Dataset<Row> rows, String column) {
    String quoted = TableLabels.quoted(column);
    boolean isStruct = rows.schema().apply(column).dataType() instanceof StructType;
    byte[] first =
        rows.agg(functions.min(functions.col(isStruct ? quoted + "." + BYTES : quoted)))
            .first()
            .getAs(0);
    if (first == null) {
      throw TableColumns.refusal(table, "column %s without values".formatted(column), "pictures");
    }
    try {
      return ImageDecoder.shape(first);
    } catch (UnreadableImageException e) {
      throw JobException.data(
          "Cannot tell the size of pictures in column %s of table %s: %s. Use --image-size and --image-channels."
              .formatted(column, table, e.getMessage()));
    }
  }

  @Override
  public List<String> columnNames() {
    return List.of(column);
  }

  @Override
  public List<String> names() {
    return null;
  }

  @Override
  public byte[] of(Row row) throws UnreadableRowException {
    Object value = row.getAs(column);
    byte[] file = value == null ? null : file(value);
    if (file == null) {
      throw new UnreadableRowException(
          "found no value in column %s, expected a picture".formatted(column));
    }
    try {
      return size.pixels(file, shape);
    } catch (UnreadableImageException e) {
      throw new UnreadableRowException(e.getMessage());
    }
  }

  private static byte[] file(Object value) {
    return value instanceof Row struct ? struct.getAs(BYTES) : (byte[]) value;
  }
}
