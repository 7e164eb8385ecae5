package io.centroid.evaluate;

import io.centroid.data.FeatureShape;
import io.centroid.data.Thumbnail;
import io.centroid.evaluate.Gallery.CalibrationBin;
import io.centroid.evaluate.Gallery.Shown;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What of some examples may get into a {@link Gallery}; tallies of disjoint examples can be added,
 * in any order.
 *
 * @param examples {@code long[10]}: examples in each bin
 * @param hitCounts {@code long[10]}: of them, those predicted correctly
 * @param probabilities {@code double[10]}: sums of the probabilities of the predicted classes
 * @param mistakes the most confident ones, most confident first
 * @param hits of each class the most confident ones
 */
@SuppressWarnings("ArrayRecordComponent") // sums, never compared
record GalleryTally(
    long[] examples,
    long[] hitCounts,
    double[] probabilities,
    List<Candidate> mistakes,
    List<List<Candidate>> hits)
    implements Serializable {
  /** Mistakes that are shown. */
  static final int MISTAKES = 30;

  /** Hits of each class that are shown. */
  static final int HITS = 3;

  /** Classes of which there are hits, the first ones: a page is to be looked at. */
  private static final int HIT_CLASSES = 40;

  private static final int BINS = 10;
  private static final Comparator<Candidate> BY_CONFIDENCE =
      Comparator.comparingDouble(Candidate::probability)
          .reversed()
          .thenComparingLong(Candidate::id);

  /** What is {@link Shown}, if there are no others of which the model is surer. */
  record Candidate(long id, int truth, int prediction, double probability, Thumbnail image)
      implements Serializable {
    Shown shown() {
      return new Shown(id, truth, prediction, probability, image.png());
    }
  }

  /** Of no examples. */
  static GalleryTally empty(int classes) {
    List<List<Candidate>> hits = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      hits.add(new ArrayList<>());
    }
    return new GalleryTally(
        new long[BINS], new long[BINS], new double[BINS], new ArrayList<>(), hits);
  }

  /**
   * Counts a prediction, and keeps its picture, if it has one, if it is among the most confident
   * ones.
   *
   * @param shape of the image
   */
  void add(Prediction prediction, byte[] pixels, FeatureShape shape) {
    double probability = prediction.probability();
    int bin = Math.min((int) (probability * BINS), BINS - 1);
    examples[bin]++;
    hitCounts[bin] += prediction.isHit() ? 1 : 0;
    probabilities[bin] += probability;
    if (!shape.isPicture() || (prediction.isHit() && prediction.label() >= HIT_CLASSES)) {
      return;
    }
    List<Candidate> list = list(prediction.label(), prediction.predicted());
    int most = prediction.isHit() ? HITS : MISTAKES;
    if (list.size() < most || probability >= list.get(most - 1).probability()) {
      keep(
          new Candidate(
              prediction.id(),
              prediction.label(),
              prediction.predicted(),
              probability,
              Thumbnail.of(pixels, shape)));
    }
  }

  private void keep(Candidate image) {
    List<Candidate> list = list(image.truth(), image.prediction());
    list.add(image);
    list.sort(BY_CONFIDENCE);
    int most = image.truth() == image.prediction() ? HITS : MISTAKES;
    if (list.size() > most) {
      list.remove(most);
    }
  }

  /** Adds a tally of other examples. */
  GalleryTally plus(GalleryTally other) {
    for (int bin = 0; bin < BINS; bin++) {
      examples[bin] += other.examples[bin];
      hitCounts[bin] += other.hitCounts[bin];
      probabilities[bin] += other.probabilities[bin];
    }
    other.mistakes.forEach(this::keep);
    other.hits.forEach(ofClass -> ofClass.forEach(this::keep));
    return this;
  }

  Gallery gallery() {
    List<CalibrationBin> bins = new ArrayList<>();
    double error = 0;
    long all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      long count = examples[bin];
      double probability = count == 0 ? 0 : probabilities[bin] / count;
      double accuracy = count == 0 ? 0 : (double) hitCounts[bin] / count;
      bins.add(
          new CalibrationBin(
              (double) bin / BINS, (bin + 1.0) / BINS, count, probability, accuracy));
      error += count * Math.abs(accuracy - probability);
      all += count;
    }
    return new Gallery(
        bins,
        all == 0 ? 0 : error / all,
        mistakes.stream().map(Candidate::shown).toList(),
        hits.stream().flatMap(List::stream).map(Candidate::shown).toList());
  }

  private List<Candidate> list(int truth, int prediction) {
    return truth == prediction ? hits.get(truth) : mistakes;
  }
}
