package io.centroid.prep;

import io.centroid.data.ChannelStatistics;
import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.SourceFile;
import io.centroid.data.Split;
import io.centroid.data.StatisticsTally;
import io.centroid.error.JobException;
import io.centroid.shard.Example;
import io.centroid.shard.Manifest.SplitCount;
import io.centroid.shard.RowFormat;
import io.centroid.shard.ShardWriter;
import io.centroid.shard.ShardWriter.Written;
import io.centroid.source.ExampleSource;
import io.centroid.source.ExampleSource.SourceExample;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Examples of a source that executors read. One shuffle brings them into the order of their ids, a
 * partition for each shard; it is passed twice, to measure and to write, and read from its source
 * once. What comes to the driver is the same for a thousand examples and for a billion.
 */
final class SortedContent implements Content {
  private static final List<Split> SPLITS = List.of(Split.values());

  private final JavaSparkContext context;
  private final JavaRDD<SourceExample> sorted;
  private final SplitDraw draw;
  private final Found found;

  private SortedContent(
      JavaSparkContext context, JavaRDD<SourceExample> sorted, SplitDraw draw, Found found) {
    this.context = context;
    this.sorted = sorted;
    this.draw = draw;
    this.found = found;
  }

  /**
   * Reads a source.
   *
   * @param shards files per split
   * @param unreadableFraction share of the examples that may be unreadable, and is left out
   * @throws JobException with category DATA when the source cannot be used
   */
  static SortedContent read(
      JavaSparkContext context,
      ExampleSource source,
      SplitDraw draw,
      int shards,
      double unreadableFraction) {
    JavaRDD<SourceExample> sorted = source.order().sorted(source.examples(context), shards);
    context.setJobDescription("read and check the examples");
    Found found;
    try {
      found =
          sorted
              .mapPartitions(new Measure(draw, source.dataSet(), source.isWeighted()))
              .treeReduce(Found::plus);
    } catch (Exception e) { // some of Spark's are checked, and not declared to Java
      Optional<JobException> unreadable = source.explained(e);
      if (unreadable.isPresent()) {
        throw unreadable.get();
      }
      return ExceptionUtils.rethrow(e);
    }
    found.requireUsable(source.dataSet(), unreadableFraction);
    return new SortedContent(context, sorted, draw, found);
  }

  /** Of a split among {@link Split#values}. */
  private static int place(Split split) {
    return SPLITS.indexOf(split);
  }

  /** How many could not be read, and some of them with the reason. */
  Unreadable unreadable() {
    return found.unreadable();
  }

  /** How many weigh nothing. */
  long weightless() {
    return found.weightless();
  }

  @Override
  public List<SourceFile> sources() {
    return List.of();
  }

  @Override
  public String hash() {
    return String.format(Locale.ROOT, "%064x", found.hash());
  }

  @Override
  public List<SplitCount> counts() {
    return SPLITS.stream()
        .filter(split -> found.count(split) > 0)
        .map(
            split ->
                new SplitCount(
                    split,
                    found.count(split),
                    Arrays.stream(found.counts()[place(split)]).boxed().toList()))
        .toList();
  }

  @Override
  public ChannelStatistics statistics() {
    return found.statistics().statistics();
  }

  @Override
  public List<Written> write(Path directory, RowFormat format) {
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    context.setJobDescription("write the shards");
    return sorted
        .mapPartitionsWithIndex(new Write(directory.toString(), draw, format, hadoop), true)
        .collect()
        .stream()
        .sorted(
            Comparator.comparing((Written shard) -> shard.entry().split())
                .thenComparing(shard -> shard.entry().file()))
        .toList();
  }

  /**
   * Examples that cannot be read.
   *
   * @param count how many
   * @param some of them, each with its name and the reason
   */
  record Unreadable(long count, List<String> some) implements Serializable {
    private static final int TOLD = 10;

    /** Keeps them in a list that crosses the wire. */
    Unreadable {
      some = new ArrayList<>(some);
    }

    Unreadable plus(Unreadable other) {
      return new Unreadable(
          count + other.count,
          Stream.concat(some.stream(), other.some.stream()).sorted().limit(TOLD).toList());
    }
  }

  /**
   * What examples came to.
   *
   * @param counts by split and class
   * @param statistics of those of the training split
   * @param hash the sum of their hashes modulo 2^256, which does not depend on the order
   * @param weightless how many weigh nothing
   * @param twice the names of two with one id; null where there are none
   */
  @SuppressWarnings("ArrayRecordComponent") // counts that are added up
  record Found(
      long[][] counts,
      StatisticsTally statistics,
      BigInteger hash,
      Unreadable unreadable,
      long weightless,
      String twice)
      implements Serializable {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    static Found nothing(DataSet dataSet) {
      return new Found(
          new long[SPLITS.size()][dataSet.classes()],
          StatisticsTally.of(dataSet.shape()),
          BigInteger.ZERO,
          new Unreadable(0, List.of()),
          0,
          null);
    }

    Found plus(Found other) {
      for (int split = 0; split < counts.length; split++) {
        for (int label = 0; label < counts[split].length; label++) {
          counts[split][label] += other.counts[split][label];
        }
      }
      statistics.addAll(other.statistics);
      return new Found(
          counts,
          statistics,
          hash.add(other.hash).mod(MODULUS),
          unreadable.plus(other.unreadable),
          weightless + other.weightless,
          Stream.of(Optional.ofNullable(twice), Optional.ofNullable(other.twice))
              .flatMap(Optional::stream)
              .min(Comparator.naturalOrder())
              .orElse(null));
    }

    long count(Split split) {
      return Arrays.stream(counts[place(split)]).sum();
    }

    void requireUsable(DataSet dataSet, double unreadableFraction) {
      if (twice != null) {
        throw refusal(dataSet, "two examples with one id: " + twice, "ids that differ");
      }
      long readable = SPLITS.stream().mapToLong(this::count).sum();
      if (unreadable.count() > unreadableFraction * (readable + unreadable.count())) {
        throw refusal(
            dataSet,
            "%,d of %,d examples that cannot be read, as %s"
                .formatted(
                    unreadable.count(),
                    readable + unreadable.count(),
                    unreadable.some().stream().findFirst().orElse("none")),
            "at most %s of them, which is prepare.unreadable-fraction"
                .formatted(unreadableFraction));
      }
      for (Split split : List.of(Split.TRAIN, Split.TEST)) {
        if (count(split) > Integer.MAX_VALUE) {
          throw refusal(
              dataSet,
              "%,d examples of the %s split".formatted(count(split), Choice.name(split)),
              "at most %,d".formatted(Integer.MAX_VALUE));
        }
        if (count(split) == 0) {
          throw refusal(
              dataSet, "no example of the %s split".formatted(Choice.name(split)), "some");
        }
      }
      for (int label = 0; label < dataSet.classes(); label++) {
        if (counts[place(Split.TRAIN)][label] == 0) {
          throw refusal(
              dataSet,
              "no training example of class " + dataSet.classNames().get(label),
              "some of every class");
        }
      }
    }

    private static JobException refusal(DataSet dataSet, String found, String expected) {
      return JobException.data(
          "Cannot prepare %s: found %s, expected %s.".formatted(dataSet.title(), found, expected));
    }
  }

  /** Measures a partition. */
  private record Measure(SplitDraw draw, DataSet dataSet, boolean weighted)
      implements FlatMapFunction<Iterator<SourceExample>, Found> {
    @Override
    public Iterator<Found> call(Iterator<SourceExample> examples) {
      Found found = Found.nothing(dataSet);
      MessageDigest digest = DigestUtils.getSha256Digest();
      ByteBuffer header =
          ByteBuffer.allocate(Long.BYTES + 1 + Integer.BYTES + (weighted ? Float.BYTES : 0));
      BigInteger hash = BigInteger.ZERO;
      Unreadable unreadable = found.unreadable();
      long weightless = 0;
      String twice = null;
      SourceExample before = null;
      while (examples.hasNext()) {
        SourceExample example = examples.next();
        if (before != null && before.id() == example.id()) {
          twice =
              before.name() == null
                  ? Long.toString(example.id())
                  : before.name() + " and " + example.name();
        }
        before = example;
        if (!example.isReadable()) {
          unreadable =
              unreadable.plus(
                  new Unreadable(1, List.of(example.name() + ": " + example.problem())));
          continue;
        }
        if (example.weight() == 0) {
          weightless++;
          continue;
        }
        Split split = draw.split(example.id(), example.split());
        found.counts()[place(split)][example.label()]++;
        if (split == Split.TRAIN) {
          found.statistics().add(example.features());
        }
        header.clear();
        header.putLong(example.id()).put((byte) place(example.split())).putInt(example.label());
        if (weighted) {
          header.putFloat(example.weight());
        }
        digest.update(header.array());
        hash = hash.add(new BigInteger(1, digest.digest(example.features())));
      }
      return List.of(
              new Found(
                  found.counts(),
                  found.statistics(),
                  hash.mod(Found.MODULUS),
                  unreadable,
                  weightless,
                  twice))
          .iterator();
    }
  }

  /** Writes a partition, a file for each split. */
  private record Write(
      String directory,
      SplitDraw draw,
      RowFormat format,
      Broadcast<SerializableConfiguration> hadoop)
      implements Function2<Integer, Iterator<SourceExample>, Iterator<Written>> {

    @Override
    public Iterator<Written> call(Integer part, Iterator<SourceExample> examples)
        throws IOException {
      Map<Split, ShardWriter> writers = new EnumMap<>(Split.class);
      try {
        while (examples.hasNext()) {
          SourceExample example = examples.next();
          if (example.isReadable() && example.weight() > 0) {
            Split split = draw.split(example.id(), example.split());
            ShardWriter writer = writers.get(split);
            if (writer == null) {
              writer = open(part, split);
              writers.put(split, writer);
            }
            writer.write(
                new Example(example.id(), example.label(), example.weight(), example.features()));
          }
        }
        List<Written> written = new ArrayList<>();
        for (ShardWriter writer : writers.values()) {
          written.add(writer.commit());
        }
        return written.iterator();
      } finally {
        for (ShardWriter writer : writers.values()) {
          writer.close();
        }
      }
    }

    private ShardWriter open(int part, Split split) throws IOException {
      return new ShardWriter(
          new Path(directory),
          ShardPlan.file(split, part),
          split,
          format,
          TaskContext.get().taskAttemptId(),
          hadoop.value().value());
    }
  }
}
