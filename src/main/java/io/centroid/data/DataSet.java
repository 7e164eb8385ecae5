package io.centroid.data;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * A data set as everything that works with its examples knows it. The manifest of a shard set and
 * the card of a model have it from here.
 *
 * @param title what people read on the console and in every file made from the data
 * @param shape of one example's features
 * @param classNames in the order of the label numbers
 * @param featureNames of the columns of a row; null where features are pixels
 */
public record DataSet(
    String title, FeatureShape shape, List<String> classNames, List<String> featureNames)
    implements Serializable {
  /** More would make a confusion matrix that no executor has room for. */
  public static final int MOST_CLASSES = 2_000;

  private static final int LONGEST_NAME = 200;

  /** Of pictures. */
  public DataSet(String title, FeatureShape shape, List<String> classNames) {
    this(title, shape, classNames, null);
  }

  /** Checks title and names; throws {@link IllegalArgumentException}. */
  public DataSet {
    classNames = List.copyOf(classNames);
    featureNames = featureNames == null ? null : List.copyOf(featureNames);
    if (shape.isPicture() ? featureNames != null : !hasNames(featureNames, shape.count())) {
      throw new IllegalArgumentException("names of features that are not one for each column");
    }
    if (!isName(title)) {
      throw new IllegalArgumentException(
          "a title of %d characters, or with control characters".formatted(title.length()));
    }
    if (classNames.size() < 2
        || classNames.size() > MOST_CLASSES
        || new HashSet<>(classNames).size() < classNames.size()
        || !classNames.stream().allMatch(DataSet::isName)) {
      throw new IllegalArgumentException(
          "%d class names instead of 2 to %,d different, printable ones"
              .formatted(classNames.size(), MOST_CLASSES));
    }
  }

  private static boolean hasNames(List<String> names, int columns) {
    return names != null
        && names.size() == columns
        && new HashSet<>(names).size() == columns
        && names.stream().allMatch(DataSet::isName);
  }

  private static boolean isName(String text) {
    return !text.isBlank()
        && text.length() <= LONGEST_NAME
        && text.chars().noneMatch(Character::isISOControl);
  }

  /** Values of one example. */
  public int features() {
    return shape.count();
  }

  /** How many classes there are; labels are smaller. */
  public int classes() {
    return classNames.size();
  }

  /** What its examples are called: "images" or "rows". */
  public String examplesAreCalled() {
    return shape.isPicture() ? "images" : "rows";
  }

  /** What keeps this from fitting another one, as messages say it after "found". */
  public String difference(DataSet other) {
    if (!shape.equals(other.shape)) {
      return "examples of shape %s and of %s".formatted(shape.axes(), other.shape.axes());
    }
    List<String> ours = classNames.equals(other.classNames) ? featureNames : classNames;
    List<String> theirs = ours == classNames ? other.classNames : other.featureNames;
    int at = 0;
    while (at < Math.min(ours.size(), theirs.size()) && ours.get(at).equals(theirs.get(at))) {
      at++;
    }
    return "%s %d that is %s and %s"
        .formatted(
            ours == classNames ? "class" : "column",
            at,
            at < ours.size() ? ours.get(at) : "none",
            at < theirs.size() ? theirs.get(at) : "none");
  }

  /** Whether models and examples fit each other: the same shape, and the same classes. */
  public boolean fits(DataSet other) {
    return shape.equals(other.shape)
        && classNames.equals(other.classNames)
        && Objects.equals(featureNames, other.featureNames);
  }
}
