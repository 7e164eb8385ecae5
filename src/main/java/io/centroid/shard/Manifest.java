package io.centroid.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.centroid.cifar.StandInImages;
import io.centroid.data.ChannelStatistics;
import io.centroid.data.Choice;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.data.SourceFile;
import io.centroid.data.Split;
import io.centroid.json.Json;
import io.centroid.json.MayLack;
import java.io.Serializable;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * {@code manifest.json}: what a shard set holds. It is written last; without it a directory is no
 * shard set.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param dataset the data set's title
 * @param sources the files the examples came from; empty for stand-in data
 * @param imagesHash of labels and pixels, however they are cut into files
 * @param classNames in label order
 * @param featureShape of one example: height, width, channels of a picture
 * @param featureOrder the order of a row's features in words
 * @param featureNames of columns; null where features are pixels
 * @param weighted true where examples have weights; null otherwise
 * @param splits how many examples each split holds
 * @param normalization how pixels became features
 * @param holdOut how the validation split was drawn
 * @param shardsPerSplit files per split that were asked for
 * @param shards one entry for each file
 * @param fingerprint SHA-256 of everything above that training sees: not of {@code sources}, nor of
 *     the sizes of files, so that the same images from another archive have the same one
 */
public record Manifest(
    int formatVersion,
    String dataset,
    List<SourceFile> sources,
    String imagesHash,
    List<String> classNames,
    List<Integer> featureShape,
    String featureOrder,
    @MayLack @JsonInclude(Include.NON_NULL) List<String> featureNames,
    @MayLack @JsonInclude(Include.NON_NULL) Boolean weighted,
    List<SplitCount> splits,
    NormalizationEntry normalization,
    HoldOut holdOut,
    int shardsPerSplit,
    List<ShardEntry> shards,
    String fingerprint)
    implements Serializable {
  /** The version of the format that this code writes and reads. */
  public static final int FORMAT_VERSION = 2;

  /** The file's name in the shard set's directory. */
  public static final String FILE = "manifest.json";

  /**
   * How many examples a split holds.
   *
   * @param perClass one count for each class, in label order
   */
  public record SplitCount(Split split, long examples, List<Long> perClass)
      implements Serializable {}

  /**
   * How pixels became features; the statistics are those of the training split.
   *
   * @param mean of pixels / 255, one for each channel
   * @param deviation of pixels / 255, one for each channel
   */
  public record NormalizationEntry(Normalization kind, List<Double> mean, List<Double> deviation)
      implements Serializable {

    /** Mean and deviation; throws {@link IllegalArgumentException} when they are none. */
    ChannelStatistics statistics() {
      return new ChannelStatistics(mean, deviation);
    }
  }

  /**
   * How splits were drawn from the training examples.
   *
   * @param testFraction of the test split; null where the source has one
   */
  public record HoldOut(
      long seed, double validationFraction, @JsonInclude(Include.NON_NULL) Double testFraction)
      implements Serializable {}

  /** Checks that its parts fit each other; throws {@link IllegalArgumentException}. */
  public Manifest {
    DataSet described = dataSet(dataset, featureShape, classNames, featureNames);
    normalization.statistics().requireFit(described.shape());
    for (Split split : Split.values()) {
      long listed = shards(shards, split).stream().mapToLong(ShardEntry::rows).sum();
      if (listed != count(splits, split) || listed > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "files of %d rows for split %s, which counts %d"
                .formatted(listed, Choice.name(split), count(splits, split)));
      }
      requireOrder(shards(shards, split));
    }
  }

  private static void requireOrder(List<ShardEntry> files) {
    long before = Long.MIN_VALUE;
    for (ShardEntry file : files) {
      if (file.rows() > 0 && file.ids().first() <= before) {
        throw new IllegalArgumentException(
            "file %s that begins with id %d, after %d"
                .formatted(file.file(), file.ids().first(), before));
      }
      before = Math.max(before, file.ids().last());
    }
  }

  /** The data set whose examples these are. */
  public DataSet dataSet() {
    return dataSet(dataset, featureShape, classNames, featureNames);
  }

  private static DataSet dataSet(
      String title, List<Integer> shape, List<String> classNames, List<String> featureNames) {
    return new DataSet(title, new FeatureShape(shape), classNames, featureNames);
  }

  /** Whether examples have weights, which say how much each counts. */
  public boolean hasWeights() {
    return weighted != null && weighted;
  }

  /** How many examples a split holds; 0 when there is no such split. */
  public long count(Split split) {
    return count(splits, split);
  }

  private static long count(List<SplitCount> splits, Split split) {
    return splits.stream()
        .filter(entry -> entry.split() == split)
        .mapToLong(SplitCount::examples)
        .sum();
  }

  /** The files of a split, in order. */
  public List<ShardEntry> shards(Split split) {
    return shards(shards, split);
  }

  private static List<ShardEntry> shards(List<ShardEntry> shards, Split split) {
    return shards.stream().filter(entry -> entry.split() == split).toList();
  }

  /** Whether the images are generated and not CIFAR-10. */
  public boolean standIn() {
    return dataset.equals(StandInImages.TITLE);
  }

  /** The same manifest with the fingerprint its content has. */
  public Manifest fingerprinted() {
    List<ShardEntry> contents =
        shards.stream()
            .map(
                shard ->
                    new ShardEntry(
                        shard.file(),
                        shard.split(),
                        shard.rows(),
                        0,
                        shard.ids(),
                        shard.contentHash()))
            .toList();
    String text = Json.write(with(List.of(), contents, ""));
    return with(sources, shards, DigestUtils.sha256Hex(text));
  }

  private Manifest with(
      List<SourceFile> otherSources, List<ShardEntry> otherShards, String otherFingerprint) {
    return new Manifest(
        formatVersion,
        dataset,
        otherSources,
        imagesHash,
        classNames,
        featureShape,
        featureOrder,
        featureNames,
        weighted,
        splits,
        normalization,
        holdOut,
        shardsPerSplit,
        otherShards,
        otherFingerprint);
  }
}
