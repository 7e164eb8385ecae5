package io.centroid.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.Cifar10;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.FloatBytes;
import io.centroid.data.Normalization;
import io.centroid.data.Normalizer;
import io.centroid.data.Split;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards as this program and others write them, and damaged ones. */
final class ShardReaderTest {
  private static final String FILE = "part-00000.parquet";
  private static final Configuration HADOOP = new Configuration();
  private static final ChannelStatistics STATISTICS =
      new ChannelStatistics(List.of(0.5, 0.25, 0.125), List.of(0.25, 0.5, 0.0));

  @TempDir private Path directory;

  static Stream<Arguments> forms() {
    Map<String, UnaryOperator<ExampleParquetWriter.Builder>> forms =
        Map.of(
            "as written", form -> form,
            "second version", form -> form.withWriterVersion(WriterVersion.PARQUET_2_0),
            "pages that end within rows", form -> form.withPageSize(700).withPageRowCountLimit(1),
            "small row groups", form -> form.withRowGroupSize(20_000L),
            "without a dictionary", form -> form.withDictionaryEncoding(false),
            "a dictionary that was given up", form -> form.withDictionaryPageSize(64),
            "bytes of values apart",
                form -> form.withDictionaryEncoding(false).withByteStreamSplitEncoding(true),
            "not packed", form -> form.withCompressionCodec(CompressionCodecName.UNCOMPRESSED),
            "packed by zlib", form -> form.withCompressionCodec(CompressionCodecName.GZIP));
    return forms.entrySet().stream()
        .flatMap(
            form ->
                Stream.of(Normalization.values())
                    .flatMap(
                        how ->
                            Stream.of(1, 2, 7, 256)
                                .map(
                                    pixels ->
                                        Arguments.of(
                                            form.getKey(), how, pixels, form.getValue()))));
  }

  @ParameterizedTest(name = "{0}, {1}, {2} pixels")
  @MethodSource("forms")
  void allFormsOfParquetAreRead(
      String name,
      Normalization normalization,
      int pixels,
      UnaryOperator<ExampleParquetWriter.Builder> form)
      throws IOException {
    List<Example> examples = examples(40, pixels);
    Normalizer normalizer = new Normalizer(normalization, STATISTICS);
    write(examples, normalizer, form);
    assertThat(read(examples, normalizer)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Normalization.class)
  void whatIsWrittenIsReadByParquetsOwnReaderToo(Normalization normalization) throws IOException {
    List<Example> examples = examples(17_000, 256);
    Normalizer normalizer = new Normalizer(normalization, STATISTICS);
    ShardEntry entry = write(examples, normalizer);
    try (ShardReader reader = reader(entry, normalizer)) {
      for (Example example : examples) {
        assertSame(reader.next(), example);
      }
      assertThat(reader.hasNext()).isFalse();
    }
    float[] features = new float[Cifar10.FEATURES];
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(directory + "/" + FILE);
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).build()) {
      for (Example example : examples.subList(0, 300)) {
        Group row = reader.read();
        assertThat(row.getLong(ShardSchema.ID, 0)).isEqualTo(example.id());
        assertThat(row.getInteger(ShardSchema.LABEL, 0)).isEqualTo(example.label());
        Group list = row.getGroup(ShardSchema.FEATURES, 0);
        assertThat(list.getFieldRepetitionCount(0)).isEqualTo(Cifar10.FEATURES);
        normalizer.apply(example.features(), features);
        for (int i = 0; i < features.length; i++) {
          assertThat(list.getGroup(0, i).getFloat(0, 0)).isEqualTo(features[i]);
        }
      }
    }
  }

  /** Statistics that lie make others leave out rows that they look for. */
  @Test
  void statisticsAreThoseOfTheRows() throws IOException {
    List<Example> examples = examples(600, 200);
    write(examples, new Normalizer(Normalization.UNIT, STATISTICS));
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(directory + "/" + FILE);
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, HADOOP))) {
      assertThat(reader.getRowGroups()).hasSize(1);
      assertThat(reader.getRowGroups().get(0).getColumns())
          .extracting(column -> column.getStatistics().minAsString())
          .containsExactly("0", "0", "-0.0");
      assertThat(reader.getRowGroups().get(0).getColumns())
          .extracting(column -> column.getStatistics().maxAsString())
          .containsExactly("1797", "9", Float.toString((float) (199 / 255.0)));
      assertThat(reader.getRowGroups().get(0).getColumns())
          .extracting(column -> column.getStatistics().getNumNulls())
          .containsOnly(0L);
    }
  }

  @Test
  void featuresOfNoPixelAreDamage() throws IOException {
    ShardEntry entry = write(examples(3, 256), new Normalizer(Normalization.UNIT, STATISTICS));
    Normalizer another = new Normalizer(Normalization.STANDARDIZE, STATISTICS);
    assertThatThrownBy(() -> reader(entry, another))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
        .hasMessageContaining("features that the manifest's normalization does not make of pixels")
        .hasMessageEndingWith("Prepare the shards again.");
  }

  /** A reader that waits for what never comes would run into the time limit. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(300)
  void damageIsToldWhereverItIs(boolean byOthers) throws IOException {
    List<Example> examples = examples(2, 7);
    Normalizer normalizer = new Normalizer(Normalization.UNIT, STATISTICS);
    if (byOthers) {
      write(examples, normalizer, form -> form);
    } else {
      write(examples, normalizer);
    }
    Files.deleteIfExists(directory.resolve("." + FILE + ".crc"));
    byte[] whole = Files.readAllBytes(directory.resolve(FILE));
    SplittableRandom random = new SplittableRandom(1);
    int told = 0;
    for (int at = 0; at < whole.length; at += isValue(at, whole.length) ? 7 : 1) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(directory.resolve(FILE), flipped);
      told += read(examples, normalizer) ? 0 : 1;
    }
    assertThat(told).isGreaterThan(2_000);
    for (int length = 0; length < whole.length; length += 5) {
      Files.write(directory.resolve(FILE), Arrays.copyOf(whole, length));
      assertThat(read(examples, normalizer)).as("cut after " + length).isFalse();
    }
    Files.write(directory.resolve(FILE), Arrays.copyOf(whole, whole.length + 1));
    assertThat(read(examples, normalizer)).isFalse();
  }

  /** Whether a place is behind the headers of pages, and before the footer. */
  private static boolean isValue(int at, int length) {
    return at > 2_000 && at < length - 2_000;
  }

  /** Examples whose pixels are of so many different values, the smallest ones. */
  private static List<Example> examples(int count, int values) {
    SplittableRandom random = new SplittableRandom(count);
    List<Example> examples = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      byte[] pixels = new byte[Cifar10.FEATURES];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) random.nextInt(values);
      }
      examples.add(new Example(3L * row, row % Cifar10.CLASSES, pixels));
    }
    return examples;
  }

  /** Writes them as this program does. */
  private ShardEntry write(List<Example> examples, Normalizer normalizer) throws IOException {
    return write(examples, format(normalizer));
  }

  private ShardEntry write(List<Example> examples, RowFormat format) throws IOException {
    try (ShardWriter writer =
        new ShardWriter(
            new org.apache.hadoop.fs.Path(directory.toString()),
            FILE,
            Split.TRAIN,
            format,
            0,
            HADOOP)) {
      for (Example example : examples) {
        writer.write(example);
      }
      return writer.commit().entry();
    }
  }

  /** Writes them as other programs do. */
  private void write(
      List<Example> examples,
      Normalizer normalizer,
      UnaryOperator<ExampleParquetWriter.Builder> form)
      throws IOException {
    MessageType schema = ShardSchema.of(format(normalizer));
    ExampleParquetWriter.Builder builder =
        ExampleParquetWriter.builder(
                new org.apache.hadoop.fs.Path(directory.resolve(FILE).toString()))
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.SNAPPY);
    SimpleGroupFactory rows = new SimpleGroupFactory(schema);
    float[] values = new float[Cifar10.FEATURES];
    try (ParquetWriter<Group> writer = form.apply(builder).build()) {
      for (Example example : examples) {
        Group row = rows.newGroup();
        row.append(ShardSchema.ID, example.id()).append(ShardSchema.LABEL, example.label());
        Group features = row.addGroup(ShardSchema.FEATURES);
        normalizer.apply(example.features(), values);
        for (float feature : values) {
          features.addGroup(ShardSchema.LIST).append(ShardSchema.ELEMENT, feature);
        }
        writer.write(row);
      }
    }
    Files.delete(directory.resolve("." + FILE + ".crc"));
  }

  /** Whether the file has these examples; false when it is said to be damaged. */
  private boolean read(List<Example> examples, Normalizer normalizer) {
    ContentHash hash = new ContentHash(false);
    ShardIds ids = ShardIds.NONE;
    for (Example example : examples) {
      hash.add(example);
      ids = ids.plus(example.id());
    }
    ShardEntry entry = new ShardEntry(FILE, Split.TRAIN, examples.size(), 1, ids, hash.value());
    try (ShardReader reader = reader(entry, normalizer)) {
      List<Example> found = new ArrayList<>();
      reader.forEachRemaining(found::add);
      assertThat(found).hasSameSizeAs(examples);
      for (int row = 0; row < found.size(); row++) {
        assertSame(found.get(row), examples.get(row));
      }
      return true;
    } catch (JobException e) {
      assertThat(e.category()).isEqualTo(FailureCategory.DATA);
      return false;
    }
  }

  private static RowFormat format(Normalizer normalizer) {
    return new RowFormat(Cifar10.DATA_SET.shape(), Cifar10.CLASSES, normalizer, false);
  }

  private static void assertSame(Example found, Example expected) {
    assertThat(found.id()).isEqualTo(expected.id());
    assertThat(found.label()).isEqualTo(expected.label());
    assertThat(found.weight()).isEqualTo(expected.weight());
    assertThat(found.features()).isEqualTo(expected.features());
  }

  private ShardReader reader(ShardEntry entry, Normalizer normalizer) {
    return new ShardReader(
        new org.apache.hadoop.fs.Path(directory.toString()), entry, format(normalizer), HADOOP);
  }

  /** Floats are kept as they are, to the bit, whoever wrote them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void columnsAreFloats(boolean weighted) throws IOException {
    DataSet rows =
        new DataSet(
            "rows", new FeatureShape(List.of(3)), List.of("a", "b"), List.of("x", "y", "z"));
    RowFormat columns =
        RowFormat.of(
            rows,
            Normalization.STANDARDIZE,
            new ChannelStatistics(List.of(1.0, 2.0, 3.0), List.of(1.0, 2.0, 3.0)),
            weighted);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      byte[] features = new byte[3 * Float.BYTES];
      FloatBytes.put(
          new float[] {i, i % 100 / 7f, Float.MIN_VALUE * (i % 9)},
          features,
          0,
          ByteOrder.LITTLE_ENDIAN);
      examples.add(new Example(3L * i - 50_000, i % 2, weighted ? 0.25f + i % 7 : 1, features));
    }
    ShardEntry entry = write(examples, columns);
    assertThat(entry.rows()).isEqualTo(40_000);
    assertReads(examples, entry, columns);
    for (UnaryOperator<ExampleParquetWriter.Builder> form :
        List.<UnaryOperator<ExampleParquetWriter.Builder>>of(
            builder -> builder.withDictionaryEncoding(false),
            builder -> builder.withDictionaryEncoding(true),
            builder -> builder.withWriterVersion(WriterVersion.PARQUET_2_0))) {
      Files.deleteIfExists(directory.resolve(FILE));
      writeFloats(examples, columns, form);
      ShardEntry other =
          new ShardEntry(
              FILE,
              Split.TRAIN,
              entry.rows(),
              Files.size(directory.resolve(FILE)),
              entry.ids(),
              entry.contentHash());
      assertReads(examples, other, columns);
    }
  }

  private void assertReads(List<Example> examples, ShardEntry entry, RowFormat columns) {
    try (ShardReader reader =
        new ShardReader(
            new org.apache.hadoop.fs.Path(directory.toString()), entry, columns, HADOOP)) {
      for (Example expected : examples) {
        assertSame(reader.next(), expected);
      }
      assertThat(reader.hasNext()).isFalse();
    }
  }

  private void writeFloats(
      List<Example> examples, RowFormat format, UnaryOperator<ExampleParquetWriter.Builder> form)
      throws IOException {
    MessageType schema = ShardSchema.of(format);
    ExampleParquetWriter.Builder builder =
        ExampleParquetWriter.builder(
                new org.apache.hadoop.fs.Path(directory.resolve(FILE).toString()))
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.SNAPPY);
    SimpleGroupFactory rows = new SimpleGroupFactory(schema);
    float[] values = new float[3];
    try (ParquetWriter<Group> writer = form.apply(builder).build()) {
      for (Example example : examples) {
        Group row = rows.newGroup();
        row.append(ShardSchema.ID, example.id()).append(ShardSchema.LABEL, example.label());
        if (format.weighted()) {
          row.append(ShardSchema.WEIGHT, example.weight());
        }
        Group features = row.addGroup(ShardSchema.FEATURES);
        FloatBytes.get(example.features(), 0, values, 0, 3);
        for (float feature : values) {
          features.addGroup(ShardSchema.LIST).append(ShardSchema.ELEMENT, feature);
        }
        writer.write(row);
      }
    }
    Files.delete(directory.resolve("." + FILE + ".crc"));
  }
}
