package io.centroid.evaluate;

import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * McNemar's test of whether two classifiers differ on the same images (McNemar, Psychometrika 12,
 * 1947). Only the images count that one of them gets right and the other wrong: if the classifiers
 * are equally good, each of these falls to either with probability 1/2.
 *
 * <p>The p-values are those of the binomial distribution itself, not of its approximation by χ²:
 * exact, or mid-p, which takes half of the probability of what was observed and is not as
 * conservative (Fagerland, Lydersen and Laake, "The McNemar test for binary matched-pairs data",
 * BMC Medical Research Methodology 13:91, 2013).
 *
 * @param both images that both classify correctly
 * @param onlyFirst images that only the first one does
 * @param onlySecond images that only the second one does
 * @param neither images that none does
 */
public record McNemar(int both, int onlyFirst, int onlySecond, int neither) {

  /**
   * Compares predictions.
   *
   * @param labels {@code int[n]}: the truth, 0 to 9
   * @param first {@code int[n]}: what the first classifier says of the same images
   * @param second {@code int[n]}: what the second one says
   * @throws IllegalArgumentException when the lengths differ
   */
  public static McNemar of(int[] labels, int[] first, int[] second) {
    if (first.length != labels.length || second.length != labels.length) {
      throw new IllegalArgumentException(
          "Cannot compare predictions: found %d and %d, expected %d, one for each label."
              .formatted(first.length, second.length, labels.length));
    }
    int[] images = new int[4];
    for (int i = 0; i < labels.length; i++) {
      images[(first[i] == labels[i] ? 0 : 2) + (second[i] == labels[i] ? 0 : 1)]++;
    }
    return new McNemar(images[0], images[1], images[2], images[3]);
  }

  /** How many images were compared. */
  public int images() {
    return both + discordant() + neither;
  }

  /** Images that exactly one of the two classifies correctly. */
  public int discordant() {
    return onlyFirst + onlySecond;
  }

  /** Accuracy of the first less accuracy of the second, -1 to 1; 0 of no images. */
  public double accuracyDifference() {
    return images() == 0 ? 0 : (double) (onlyFirst - onlySecond) / images();
  }

  /** Two-sided exact p-value of "they are equally good", 0 to 1. */
  public double exactPValue() {
    int fewer = Math.min(onlyFirst, onlySecond);
    return Math.min(1, 2 * fewerThan(fewer + 1));
  }

  /** Two-sided mid-p value of "they are equally good", 0 to 1. */
  public double midPValue() {
    return 2 * halfAtMost(Math.min(onlyFirst, onlySecond));
  }

  /**
   * One-sided mid-p value of "the first is not worse", 0 to 1; a small one says that it is worse.
   * 1/2 when nothing speaks for either.
   */
  public double firstIsWorsePValue() {
    return halfAtMost(onlyFirst);
  }

  /** P(X &lt; images) + P(X = images) / 2. */
  private double halfAtMost(int images) {
    return 2 * images > discordant()
        ? 1 - halfAtMost(discordant() - images) // the distribution is symmetric
        : fewerThan(images) + binomial().probability(images) / 2;
  }

  /** P(X &lt; images), summed up: the cumulative distribution is a difference to 1, 0 if tiny. */
  private double fewerThan(int images) {
    BinomialDistribution binomial = binomial();
    return IntStream.range(0, images).mapToDouble(binomial::probability).sum();
  }

  private BinomialDistribution binomial() {
    return new BinomialDistribution(null, discordant(), 0.5); // null: nothing is sampled
  }
}
