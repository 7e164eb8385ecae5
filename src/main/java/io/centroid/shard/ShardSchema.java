package io.centroid.shard;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code id} long, {@code label} int, {@code features} array of float; all
 * required. The list has the three-level form of the Parquet format's LogicalTypes.md.
 */
final class ShardSchema {
  static final String ID = "id";
  static final String LABEL = "label";
  static final String FEATURES = "features";
  static final String LIST = "list";
  static final String ELEMENT = "element";

  static final MessageType TYPE =
      Types.buildMessage()
          .required(PrimitiveTypeName.INT64)
          .named(ID)
          .required(PrimitiveTypeName.INT32)
          .named(LABEL)
          .requiredGroup()
          .as(LogicalTypeAnnotation.listType())
          .repeatedGroup()
          .required(PrimitiveTypeName.FLOAT)
          .named(ELEMENT)
          .named(LIST)
          .named(FEATURES)
          .named("example");

  private ShardSchema() {}
}
