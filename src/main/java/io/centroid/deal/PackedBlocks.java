package io.centroid.deal;

import io.centroid.data.FloatBytes;
import io.centroid.error.JobException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Brings examples into their blocks with one shuffle. What crosses it are pieces of blocks, each
 * some examples packed one after the other, and not single examples: a record of Spark's for each
 * would cost more than all the rest.
 */
final class PackedBlocks {
  /** Bytes that a task gathers before it hands pieces on. */
  private static final int GATHERED = 32 << 20;

  private static final ByteOrder BYTES = ByteOrder.LITTLE_ENDIAN;

  private PackedBlocks() {}

  /**
   * An RDD whose partition b is block b, kept in executor memory, or on local disk where memory is
   * short; each of its examples is checked to be there once when it is made.
   */
  static JavaRDD<ExampleBlock> of(JavaRDD<TrainingExample> examples, ShareLayout layout) {
    return examples
        .mapPartitionsToPair(new IntoPieces(layout))
        .partitionBy(partitioner(examples.context().getConf(), layout))
        .mapPartitionsWithIndex(new IntoBlock(layout), true)
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /**
   * Block b to partition b. Of as few partitions as its threshold says, Spark would write each to a
   * file of its own with a Kryo of its own, and those take longer to make than the blocks. So there
   * are more; nobody asks for the ones behind the blocks, which are empty.
   */
  private static HashPartitioner partitioner(SparkConf spark, ShareLayout layout) {
    int files = spark.getInt("spark.shuffle.sort.bypassMergeThreshold", 200);
    return new HashPartitioner(Math.max(layout.blocks(), files + 1));
  }

  /** Packs examples as they come, sorted into pieces of blocks. */
  private record IntoPieces(ShareLayout layout)
      implements PairFlatMapFunction<Iterator<TrainingExample>, Integer, byte[]> {

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Iterator<TrainingExample> examples) {
      return new Pieces(layout, examples);
    }
  }

  /** An example, and where in its block it goes. */
  private record Placed(int within, TrainingExample example) {}

  private static final class Pieces implements Iterator<Tuple2<Integer, byte[]>> {
    private final ShareLayout layout;
    private final Iterator<TrainingExample> examples;
    private final int packedBytes;
    private final Deque<Tuple2<Integer, byte[]>> ready = new ArrayDeque<>();

    Pieces(ShareLayout layout, Iterator<TrainingExample> examples) {
      this.layout = layout;
      this.examples = examples;
      this.packedBytes =
          Integer.BYTES
              + Long.BYTES
              + Float.BYTES
              + layout.featureBytes()
              + layout.shape().labelCount() * Float.BYTES;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || examples.hasNext();
    }

    @Override
    public Tuple2<Integer, byte[]> next() {
      if (ready.isEmpty()) {
        gather();
      }
      return ready.remove();
    }

    private void gather() {
      SortedMap<Integer, List<Placed>> gathered = new TreeMap<>();
      for (long bytes = 0; bytes < GATHERED && examples.hasNext(); bytes += packedBytes) {
        TrainingExample example = examples.next();
        int place = layout.order().place(requireRank(example));
        gathered
            .computeIfAbsent(layout.block(place), first -> new ArrayList<>())
            .add(new Placed(layout.within(place), example));
      }
      gathered.forEach(
          (block, ofBlock) -> {
            ByteBuffer piece = ByteBuffer.allocate(ofBlock.size() * packedBytes).order(BYTES);
            ofBlock.forEach(placed -> pack(placed.example(), placed.within(), piece));
            ready.add(new Tuple2<>(block, piece.array()));
          });
    }

    private long requireRank(TrainingExample example) {
      int count = layout.order().examples();
      if (example.rank() < 0 || example.rank() >= count) {
        throw JobException.data(
            "Cannot deal example %d: found rank %d, expected one of 0 to %d. Prepare the shards again."
                .formatted(example.id(), example.rank(), count - 1));
      }
      return example.rank();
    }

    private void pack(TrainingExample example, int within, ByteBuffer piece) {
      if (example.features().length != layout.featureBytes()
          || example.labels().length != layout.shape().labelCount()) {
        throw JobException.data(
            "Cannot pack example %d: found %d features and %d labels, expected %d and %d."
                .formatted(
                    example.id(),
                    example.features().length / layout.shape().coding().bytesPerValue(),
                    example.labels().length,
                    layout.shape().featureCount(),
                    layout.shape().labelCount()));
      }
      piece.putInt(within).putLong(example.id()).putFloat(example.weight()).put(example.features());
      piece.asFloatBuffer().put(example.labels());
      piece.position(piece.position() + example.labels().length * Float.BYTES);
    }
  }

  /** Puts the examples of one block, arriving in pieces in any order, into their places. */
  private record IntoBlock(ShareLayout layout)
      implements Function2<Integer, Iterator<Tuple2<Integer, byte[]>>, Iterator<ExampleBlock>> {

    @Override
    public Iterator<ExampleBlock> call(Integer number, Iterator<Tuple2<Integer, byte[]>> pieces) {
      int size = layout.size(number);
      int featureBytes = layout.featureBytes();
      int labelCount = layout.shape().labelCount();
      ExampleBlock block =
          new ExampleBlock(
              new long[size],
              new float[size],
              new byte[size * featureBytes],
              new float[size * labelCount]);
      boolean[] filled = new boolean[size];
      int arrived = 0;
      while (pieces.hasNext()) {
        ByteBuffer piece = ByteBuffer.wrap(pieces.next()._2()).order(BYTES);
        while (piece.hasRemaining()) {
          int within = piece.getInt();
          long id = piece.getLong();
          if (filled[within]) {
            throw JobException.data(
                "Cannot deal examples to workers: found two for the place of example %d, expected one. Prepare the shards again."
                    .formatted(id));
          }
          filled[within] = true;
          arrived++;
          block.ids()[within] = id;
          block.weights()[within] = piece.getFloat();
          piece.get(block.features(), within * featureBytes, featureBytes);
          FloatBytes.get(
              piece.array(), piece.position(), block.labels(), within * labelCount, labelCount);
          piece.position(piece.position() + labelCount * Float.BYTES);
        }
      }
      if (arrived != size) {
        throw JobException.data(
            "Cannot deal examples to workers: found %d examples of a block, expected %d. Prepare the shards again."
                .formatted(arrived, size));
      }
      return List.of(block).iterator();
    }
  }
}
