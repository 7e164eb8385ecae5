package io.centroid.source;

import io.centroid.cifar.Cifar;
import io.centroid.data.DataSet;
import io.centroid.data.FileKind;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.job.SparkFailure;
import io.centroid.order.ContentId;
import io.centroid.order.IdOrder;
import io.centroid.source.RowFeatures.UnreadableRowException;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.lang3.StringUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;

/**
 * The rows of a table that Spark reads. An example's id is that of its id column, or a hash of what
 * is in the row, so that the order of rows does not matter; equal rows are numbered.
 */
public final class TableSource implements ExampleSource {
  private static final String LIBSVM = "libsvm";

  private static final Map<String, Map<String, String>> FORMATS =
      Map.of(
          "parquet",
          Map.of(),
          "orc",
          Map.of(),
          "json",
          Map.of(),
          LIBSVM,
          Map.of(),
          // As RFC 4180 has it; a row of another number of fields is refused.
          "csv",
          Map.of(
              "header", "true",
              "inferSchema", "true",
              "escape", "\"",
              "mode", "FAILFAST",
              "columnPruning", "false"));

  /** How Hugging Face has data sets: their columns, and which of them is the label. */
  private static final Map<String, Known> KNOWN =
      Map.of(
          "struct<img:struct<bytes:binary,path:string>,label:bigint>",
          new Known(Cifar.CIFAR_10.dataSet(), "label"),
          "struct<img:struct<bytes:binary,path:string>,fine_label:bigint,coarse_label:bigint>",
          new Known(Cifar.CIFAR_100.dataSet(), "fine_label"));

  private record Known(DataSet dataSet, String label) {}

  /** Gets the split of a file's name. */
  private static final String FILE_SPLIT = "split of the file";

  /** Files that are looked at for a format. */
  private static final int LOOKED_AT = 100;

  /** What Hadoop says of one. */
  private static final String NAME_WITH_COLON = "Relative path in absolute URI: ";

  /** Letters that are told of what Spark says. */
  private static final int LONGEST_REASON = 300;

  /** Spellings of the three names that are looked at. */
  private static final int MOST_SPLIT_NAMES = 100;

  private final Dataset<Row> rows;
  private final TableOptions options;
  private final DataSet dataSet;
  private final RowFeatures features;
  private final TableLabels labels;
  private final Set<Split> splits;
  private final IdOrder order;

  private TableSource(
      Dataset<Row> rows,
      TableOptions options,
      DataSet dataSet,
      RowFeatures features,
      TableLabels labels,
      Set<Split> splits,
      IdOrder order) {
    this.rows = rows;
    this.options = options;
    this.dataSet = dataSet;
    this.features = features;
    this.labels = labels;
    this.splits = splits;
    this.order = order;
  }

  /**
   * Opens a table, and looks through its labels.
   *
   * @param size what pictures are resized to, if the table has a column of them
   * @throws JobException when it is not there, or its columns are not what they should be
   */
  public static TableSource open(SparkSession spark, TableOptions options, PictureSize size)
      throws IOException {
    requireApart(options);
    return told(
        options.path(),
        () -> open(read(spark, options.path(), options.format(), 0), options, size, null));
  }

  /**
   * Opens CIFAR-10 or CIFAR-100 as Hugging Face has them.
   *
   * @param path the directory that was given
   * @param files those of {@link ParquetFiles}
   * @return nothing when they are something else
   */
  public static Optional<TableSource> findKnown(SparkSession spark, Path path, List<String> files)
      throws IOException {
    Dataset<Row> rows =
        told(
            path.toString(),
            () ->
                spark
                    .read()
                    .option(DataSource.GLOB_PATHS_KEY(), false)
                    .parquet(files.toArray(String[]::new)));
    Known known = KNOWN.get(rows.schema().simpleString());
    if (known == null) {
      return Optional.empty();
    }
    TableOptions options =
        new TableOptions(
            path.toString(), "parquet", known.label(), List.of("img"), null, null, null);
    return Optional.of(
        told(
            path.toString(),
            () -> open(rows, options, PictureSize.OF_THE_PICTURES, known.dataSet())));
  }

  private static TableSource open(
      Dataset<Row> rows, TableOptions options, PictureSize size, DataSet known) throws IOException {
    String path = options.path();
    List<String> special = options.special();
    require(path, rows, special);
    require(path, rows, options.features());
    if (rows.isEmpty()) {
      throw TableColumns.refusal(path, "no rows", "examples of several classes");
    }
    List<String> used = options.features().isEmpty() ? others(rows, special) : options.features();
    RowFeatures features = features(path, rows, used, size);
    requireWeights(rows, options);
    TableLabels labels = TableLabels.of(path, rows, options.label());
    IdOrder order = options.id() == null ? IdOrder.OF_CONTENTS : ids(rows, options);
    try {
      DataSet found =
          new DataSet(new Path(path).getName(), features.shape(), labels.names(), features.names());
      if (known != null
          && !(known.shape().equals(found.shape()) && known.classes() == found.classes())) {
        throw TableColumns.refusal(
            path,
            "%d classes of shape %s".formatted(found.classes(), found.shape().axes()),
            "those of " + known.title());
      }
      Dataset<Row> withSplits = hasSplitsInNames(rows, options) ? withSplits(rows) : rows;
      TableOptions all =
          withSplits == rows
              ? options
              : new TableOptions(
                  path,
                  options.format(),
                  options.label(),
                  used,
                  FILE_SPLIT,
                  options.id(),
                  options.weight());
      return new TableSource(
          withSplits,
          all,
          known == null ? found : known,
          features,
          labels,
          splits(withSplits, all),
          order);
    } catch (IllegalArgumentException e) {
      throw TableColumns.refusal(path, e.getMessage(), "a table of examples of several classes");
    }
  }

  private static RowFeatures features(
      String path, Dataset<Row> rows, List<String> used, PictureSize size) throws IOException {
    if (used.size() == 1
        && TablePicture.isOfPictures(rows.schema().apply(used.get(0)).dataType())) {
      return TablePicture.of(path, rows, used.get(0), size);
    }
    if (!size.equals(PictureSize.OF_THE_PICTURES)) {
      throw JobException.settings(
          "Cannot resize pictures of table %s: found columns %s, expected one of pictures. Name it with --features."
              .formatted(path, used.stream().limit(20).toList()));
    }
    return TableColumns.of(path, rows, used);
  }

  /** As Hugging Face names the files of a data set. */
  private static boolean hasSplitsInNames(Dataset<Row> rows, TableOptions options) {
    return options.split() == null
        && !Arrays.asList(rows.columns()).contains(FILE_SPLIT)
        && Arrays.stream(rows.inputFiles()).allMatch(ParquetFiles::isOne);
  }

  private static Dataset<Row> withSplits(Dataset<Row> rows) {
    return rows.withColumn(
        FILE_SPLIT,
        functions.regexp_extract(functions.input_file_name(), ParquetFiles.NAME.pattern(), 1));
  }

  /**
   * Reads a table, of whatever columns.
   *
   * @param features how wide vectors are where a format does not say; 0 where nobody knows
   */
  private static Dataset<Row> read(SparkSession spark, String path, String format, int features)
      throws IOException {
    String known =
        format == null ? format(path, spark.sparkContext().hadoopConfiguration()) : format;
    if (!FORMATS.containsKey(known)) {
      throw JobException.settings(
          "Cannot read table %s: found --format %s, expected one of %s."
              .formatted(path, known, FORMATS.keySet().stream().sorted().toList()));
    }
    DataFrameReader reader = spark.read().options(FORMATS.get(known)).format(known);
    Path place = new Path(path);
    if (place.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(place)) {
      reader = reader.option(DataSource.GLOB_PATHS_KEY(), false);
    }
    if (known.equals(LIBSVM) && features > 0) {
      reader = reader.option("numFeatures", features); // else the largest that is in the file
    }
    return reader.load(path);
  }

  /** Something that Spark does with a table, in which it finds what is wrong with that. */
  @FunctionalInterface
  private interface Access<T> {
    T attempt() throws IOException;
  }

  /** One line for what Spark says of a table; what is known of clusters and storage is left. */
  private static <T> T told(String path, Access<T> access) throws IOException {
    try {
      return access.attempt();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // some of Spark's are checked, and not declared to Java
      Optional<JobException> unreadable = explained(path, e);
      if (unreadable.isPresent()) {
        throw unreadable.get();
      }
      return ExceptionUtils.rethrow(e);
    }
  }

  private static Optional<JobException> explained(String path, Exception e) {
    boolean known =
        ExceptionUtils.indexOfType(e, JobException.class) >= 0
            || SparkFailure.explain(e).isPresent()
            || StorageFailure.explain("read table " + path, e).isPresent();
    if (known) {
      return Optional.empty();
    }
    String said = Reason.of(ExceptionUtils.getRootCause(e)).lines().findFirst().orElse("");
    if (said.startsWith(NAME_WITH_COLON)) {
      return Optional.of(
          JobException.data(
              "Cannot read table %s: found a file whose name has a colon (%s), expected none, since Hadoop cannot open it. Rename it."
                  .formatted(path, said.substring(NAME_WITH_COLON.length())),
              e));
    }
    return Optional.of(
        JobException.data(
            "Cannot read table %s: found what Spark cannot read (%s), expected a table. Use another path or --format."
                .formatted(path, StringUtils.abbreviate(said, LONGEST_REASON)),
            e));
  }

  @Override
  public Optional<JobException> explained(Exception failure) {
    return explained(options.path(), failure);
  }

  /** A label among the features would be learned by heart. */
  private static void requireApart(TableOptions options) {
    List<String> all = new ArrayList<>(options.features());
    all.addAll(options.special());
    for (String column : all) {
      if (Collections.frequency(all, column) > 1) {
        throw JobException.settings(
            "Cannot read table %s: found column %s twice among --features, --label, --split, --id and --weight, expected it once."
                .formatted(options.path(), column));
      }
    }
  }

  /**
   * The rows of a table without their labels.
   *
   * @param featureNames those of a data set that was made of a table
   * @param id name of a column; null for none
   */
  public static JavaRDD<TableRow> features(
      SparkSession spark, String path, String format, List<String> featureNames, String id)
      throws IOException {
    Dataset<Row> rows = told(path, () -> read(spark, path, format, featureNames.size()));
    TableColumns columns = TableColumns.named(featureNames);
    List<String> used = new ArrayList<>(columns.columnNames());
    if (id != null && !used.contains(id)) {
      used.add(id);
    }
    require(path, rows, used);
    for (String column : columns.columnNames()) {
      DataType type = rows.schema().apply(column).dataType();
      if (!TableColumns.isOfNumbers(type)) {
        throw TableColumns.refusal(
            path, "column %s of type %s".formatted(column, type.simpleString()), "numbers");
      }
    }
    return selected(rows, used).map(new ToRow(columns, id));
  }

  private static JavaRDD<Row> selected(Dataset<Row> rows, List<String> columns) {
    return rows.select(
            columns.stream()
                .map(column -> functions.col(TableLabels.quoted(column)))
                .toArray(Column[]::new))
        .toJavaRDD();
  }

  private record ToRow(TableColumns columns, String id) implements Function<Row, TableRow> {
    @Override
    public TableRow call(Row row) {
      String name = id == null ? null : Objects.toString(row.getAs(id));
      try {
        byte[] features = columns.of(row);
        return new TableRow(
            name == null ? DigestUtils.sha256Hex(features).substring(0, 16) : name, features, null);
      } catch (UnreadableRowException e) {
        return new TableRow(name == null ? row.mkString(",") : name, null, e.getMessage());
      }
    }
  }

  /** By the first name of a file that tells, or by Parquet's first bytes. */
  private static String format(String path, Configuration hadoop) throws IOException {
    Path place = new Path(path);
    SourceFiles storage = SourceFiles.of(place, hadoop);
    List<Path> files =
        storage.status(place).isDirectory() ? storage.first(place, LOOKED_AT) : List.of(place);
    for (Path file : files) {
      List<String> parts = List.of(file.getName().toLowerCase(Locale.ROOT).split("\\."));
      for (String part : parts.subList(1, parts.size())) {
        if (FORMATS.containsKey(part)) {
          return part;
        }
      }
      if (FileKind.of(storage.start(file)).equals(Optional.of(FileKind.PARQUET))) {
        return "parquet";
      }
    }
    throw JobException.settings(
        "Cannot read table %s: found files whose names do not tell their format, expected --format. Give it."
            .formatted(path));
  }

  private static void require(String path, Dataset<Row> rows, List<String> columns) {
    List<String> there = Arrays.asList(rows.columns());
    for (String column : columns) {
      if (!there.contains(column)) {
        throw TableColumns.refusal(
            path,
            "no column %s".formatted(column),
            "one of %s".formatted(there.stream().limit(50).collect(Collectors.joining(", "))));
      }
    }
  }

  private static List<String> others(Dataset<Row> rows, List<String> special) {
    return Arrays.stream(rows.columns()).filter(column -> !special.contains(column)).toList();
  }

  private static void requireWeights(Dataset<Row> rows, TableOptions options) {
    if (options.weight() != null) {
      DataType type = rows.schema().apply(options.weight()).dataType();
      if (!(type instanceof NumericType)) {
        throw TableColumns.refusal(
            options.path(),
            "the weight column %s of type %s".formatted(options.weight(), type.simpleString()),
            "numbers");
      }
    }
  }

  private static IdOrder ids(Dataset<Row> rows, TableOptions options) {
    DataType type = rows.schema().apply(options.id()).dataType();
    if (!(type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType)) {
      throw TableColumns.refusal(
          options.path(),
          "the id column %s of type %s".formatted(options.id(), type.simpleString()),
          "whole numbers");
    }
    Column id = functions.col(TableLabels.quoted(options.id()));
    Row found =
        rows.agg(
                functions.min(id).cast("long"),
                functions.max(id).cast("long"),
                functions.count(functions.when(id.isNull(), 1)))
            .first();
    if (found.isNullAt(0) || found.getLong(2) > 0) {
      throw TableColumns.refusal(
          options.path(),
          "%s rows without an id".formatted(found.isNullAt(0) ? "no rows, or" : found.getLong(2)),
          "one in each");
    }
    return IdOrder.between(found.getLong(0), found.getLong(1));
  }

  private static Set<Split> splits(Dataset<Row> rows, TableOptions options) {
    Set<Split> splits = new TreeSet<>(Set.of(Split.TRAIN));
    if (options.split() != null) {
      for (Row row :
          rows.select(functions.col(TableLabels.quoted(options.split())))
              .distinct()
              .orderBy(TableLabels.quoted(options.split()))
              .limit(MOST_SPLIT_NAMES)
              .collectAsList()) {
        splits.add(
            SplitNames.split(String.valueOf(row.get(0)))
                .orElseThrow(
                    () ->
                        TableColumns.refusal(
                            options.path(),
                            "%s in the split column %s".formatted(row.get(0), options.split()),
                            "train, validation or test")));
      }
    }
    return splits;
  }

  @Override
  public DataSet dataSet() {
    return dataSet;
  }

  @Override
  public Set<Split> splits() {
    return splits;
  }

  @Override
  public IdOrder order() {
    return order;
  }

  @Override
  public boolean isWeighted() {
    return options.weight() != null;
  }

  @Override
  public JavaRDD<SourceExample> examples(JavaSparkContext context) {
    List<String> used = new ArrayList<>(features.columnNames());
    used.addAll(options.special());
    return selected(rows, used).map(new ToExample(features, labels, options));
  }

  private record ToExample(RowFeatures from, TableLabels labels, TableOptions options)
      implements Function<Row, SourceExample> {
    private static final long SEED = 0x7461626c65L;

    @Override
    public SourceExample call(Row row) {
      int number = labels.number(row.getAs(options.label()));
      Split place =
          options.split() == null
              ? Split.TRAIN
              : SplitNames.split(row.getAs(options.split()).toString()).orElseThrow();
      String id = options.id();
      try {
        byte[] features = from.of(row);
        float weight = weight(row);
        ContentId content = ContentId.of(header(number, place, weight), features);
        return new SourceExample(
            id == null ? content.id() : row.<Number>getAs(id).longValue(),
            content.tie(),
            null,
            place,
            number,
            weight,
            features,
            null);
      } catch (UnreadableRowException e) {
        String name = id == null ? "row " + shown(row) : "id " + row.getAs(id);
        long key =
            id == null
                ? ContentId.of((SEED + name).getBytes(StandardCharsets.UTF_8)).id()
                : row.<Number>getAs(id).longValue();
        return new SourceExample(key, 0, shortened(name), place, number, 1, null, e.getMessage());
      }
    }

    private float weight(Row row) throws UnreadableRowException {
      if (options.weight() == null) {
        return 1;
      }
      Number value = row.getAs(options.weight());
      float weight = value == null ? Float.NaN : value.floatValue();
      boolean vanishes = weight == 0 && value.doubleValue() != 0;
      if (!(weight >= 0 && Float.isFinite(weight)) || vanishes) {
        throw new UnreadableRowException(
            "found weight %s in column %s, expected a number of 0 or more"
                .formatted(value, options.weight()));
      }
      return weight;
    }

    /** A picture's bytes are nothing to look at. */
    private static String shown(Row row) {
      return IntStream.range(0, row.size())
          .mapToObj(i -> row.get(i) instanceof byte[] ? "..." : Objects.toString(row.get(i)))
          .collect(Collectors.joining(","));
    }

    private static String shortened(String name) {
      return name.length() > 80 ? name.substring(0, 80) + "..." : name;
    }

    /** What decides the id beside the features. */
    private byte[] header(int label, Split split, float weight) {
      boolean weighted = options.weight() != null;
      ByteBuffer header = ByteBuffer.allocate(Integer.BYTES + 1 + (weighted ? Float.BYTES : 0));
      header.putInt(label).put((byte) split.name().charAt(1)); // R, A, E
      if (weighted) {
        header.putFloat(weight);
      }
      return header.array();
    }
  }
}
