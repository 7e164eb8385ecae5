package io.centroid.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.data.Cifar10;
import io.centroid.data.Split;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
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
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards as this program and others write them, and damaged ones. */
final class ShardReaderTest {
  private static final String FILE = "part-00000.parquet";

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
                Stream.of(1, 2, 256, 768, 5_000)
                    .map(values -> Arguments.of(form.getKey(), values, form.getValue())));
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("forms")
  void allFormsOfParquetAreRead(
      String name, int values, UnaryOperator<ExampleParquetWriter.Builder> form)
      throws IOException {
    List<Example> examples = examples(40, values);
    write(examples, form);
    assertThat(read(examples)).isTrue();
  }

  /** A reader that waits for what never comes would run into the time limit. */
  @Test
  @Timeout(300)
  void damageIsToldWhereverItIs() throws IOException {
    List<Example> examples = examples(2, 7);
    write(examples, form -> form);
    byte[] whole = Files.readAllBytes(directory.resolve(FILE));
    SplittableRandom random = new SplittableRandom(1);
    int told = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(directory.resolve(FILE), flipped);
      told += read(examples) ? 0 : 1;
    }
    assertThat(told).isGreaterThan(whole.length / 2);
    for (int length = 0; length < whole.length; length += 5) {
      Files.write(directory.resolve(FILE), Arrays.copyOf(whole, length));
      assertThat(read(examples)).as("cut after " + length).isFalse();
    }
    Files.write(directory.resolve(FILE), Arrays.copyOf(whole, whole.length + 1));
    assertThat(read(examples)).isFalse();
  }

  /** Examples whose features are of so many different values. */
  private static List<Example> examples(int count, int values) {
    SplittableRandom random = new SplittableRandom(count);
    List<Example> examples = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      float[] features = new float[Cifar10.FEATURES];
      for (int i = 0; i < features.length; i++) {
        features[i] = random.nextInt(values) / (float) values;
      }
      examples.add(new Example(3L * row, row % Cifar10.CLASSES, features));
    }
    return examples;
  }

  private void write(List<Example> examples, UnaryOperator<ExampleParquetWriter.Builder> form)
      throws IOException {
    ExampleParquetWriter.Builder builder =
        ExampleParquetWriter.builder(
                new org.apache.hadoop.fs.Path(directory.resolve(FILE).toString()))
            .withType(ShardSchema.TYPE)
            .withCompressionCodec(CompressionCodecName.SNAPPY);
    SimpleGroupFactory rows = new SimpleGroupFactory(ShardSchema.TYPE);
    try (ParquetWriter<Group> writer = form.apply(builder).build()) {
      for (Example example : examples) {
        Group row = rows.newGroup();
        row.append(ShardSchema.ID, example.id()).append(ShardSchema.LABEL, example.label());
        Group features = row.addGroup(ShardSchema.FEATURES);
        for (float feature : example.features()) {
          features.addGroup(ShardSchema.LIST).append(ShardSchema.ELEMENT, feature);
        }
        writer.write(row);
      }
    }
    Files.delete(directory.resolve("." + FILE + ".crc"));
  }

  /** Whether the file has these examples; false when it is said to be damaged. */
  private boolean read(List<Example> examples) {
    ContentHash hash = new ContentHash();
    examples.forEach(each -> hash.add(each.id(), each.label(), each.features()));
    ShardEntry entry = new ShardEntry(FILE, Split.TRAIN, examples.size(), 1, hash.value());
    try (ShardReader reader =
        new ShardReader(
            new org.apache.hadoop.fs.Path(directory.toString()), entry, new Configuration())) {
      List<Example> found = new ArrayList<>();
      reader.forEachRemaining(found::add);
      assertThat(found).usingRecursiveComparison().isEqualTo(examples);
      return true;
    } catch (JobException e) {
      assertThat(e.category()).isEqualTo(FailureCategory.DATA);
      return false;
    }
  }
}
