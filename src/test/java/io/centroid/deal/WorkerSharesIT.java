package io.centroid.deal;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.example.ExampleShape;
import io.centroid.example.FeatureCoding;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkerSharesIT {
  /** A thousand examples of more than 2 MB are no array any more. */
  @ParameterizedTest
  @CsvSource({"12, 3000, 1024", "1100, 1000, 951", "500_000, 9, 2", "1_100_000, 3, 1"})
  void blocksAreOfSomeMegabytesHoweverManyFeaturesThereAre(
      String features, int examples, int inBlock) {
    int count = Integer.parseInt(features.replace("_", ""));
    ExampleShape shape = new ExampleShape(new long[] {count}, new long[] {2});
    long[] ids = LongStream.range(0, examples).toArray();
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      try (WorkerShares shares =
          WorkerShares.deal(
              context,
              context
                  .parallelize(LongStream.of(ids).boxed().toList(), 2)
                  .map(id -> example(id, count)),
              ids,
              shape,
              1,
              7)) {
        List<Integer> sizes = shares.blocks().map(ExampleBlock::size).collect();
        assertThat(sizes.stream().mapToInt(size -> size).sum()).isEqualTo(examples);
        assertThat(sizes.subList(0, sizes.size() - 1)).containsOnly(inBlock);
        assertThat(sizes.get(sizes.size() - 1)).isLessThanOrEqualTo(inBlock);
        assertThat(
                shares
                    .blocks()
                    .map(block -> block.features()[(block.size() - 1) * count * Float.BYTES])
                    .collect())
            .hasSameSizeAs(sizes);
      }
    }
  }

  private static TrainingExample example(long id, int features) {
    float[] values = new float[features];
    values[0] = id;
    return new TrainingExample(id, FeatureCoding.FLOATS.encode(values), new float[] {1, 0});
  }
}
