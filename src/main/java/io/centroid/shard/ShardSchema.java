package io.centroid.shard;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code id} long, {@code label} int, {@code weight} float where rows have
 * weights, {@code features} array of float; all required. The list has the three-level form of the
 * Parquet format's LogicalTypes.md.
 */
final class ShardSchema {
  static final String ID = "id";
  static final String LABEL = "label";
  static final String WEIGHT = "weight";
  static final String FEATURES = "features";
  static final String LIST = "list";
  static final String ELEMENT = "element";

  private ShardSchema() {}

  /** That of rows of a format; ids come first, then labels, and features last. */
  static MessageType of(RowFormat format) {
    var columns =
        Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named(ID)
            .required(PrimitiveTypeName.INT32)
            .named(LABEL);
    if (format.weighted()) {
      columns = columns.required(PrimitiveTypeName.FLOAT).named(WEIGHT);
    }
    return columns
        .requiredGroup()
        .as(LogicalTypeAnnotation.listType())
        .repeatedGroup()
        .required(PrimitiveTypeName.FLOAT)
        .named(ELEMENT)
        .named(LIST)
        .named(FEATURES)
        .named("example");
  }
}
