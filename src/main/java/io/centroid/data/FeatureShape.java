package io.centroid.data;

import java.io.Serializable;
import java.util.List;

/**
 * The shape of one example's features: height, width and channels of a picture, in which order
 * values are kept; or the number of columns of a row.
 *
 * @param axes sizes, outermost first: {@code [32, 32, 3]}, {@code [54]}
 */
public record FeatureShape(List<Integer> axes) implements Serializable {
  private static final int PICTURE_AXES = 3;

  /** Values of one example: those of a picture of 2,000 × 2,000 in colour. */
  private static final long MOST_VALUES = 12_000_000;

  /** Checks the sizes; throws {@link IllegalArgumentException}. */
  public FeatureShape {
    axes = List.copyOf(axes);
    long values = 1;
    for (int size : axes) {
      values = size < 1 || values > MOST_VALUES ? Long.MAX_VALUE : values * size;
    }
    if ((axes.size() != 1 && axes.size() != PICTURE_AXES) || values > MOST_VALUES) {
      throw new IllegalArgumentException(
          "shape %s instead of [height, width, channels] or [columns], of at most %,d values"
              .formatted(axes, MOST_VALUES));
    }
    if (axes.size() == PICTURE_AXES && axes.get(2) != 1 && axes.get(2) != 3) {
      throw new IllegalArgumentException(
          "%d channels instead of 1, grey levels, or 3, red, green, blue".formatted(axes.get(2)));
    }
  }

  /** Of pictures. */
  public static FeatureShape picture(int height, int width, int channels) {
    return new FeatureShape(List.of(height, width, channels));
  }

  /** Values of one example. */
  public int count() {
    return axes.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether it is that of pictures. */
  public boolean isPicture() {
    return axes.size() == PICTURE_AXES;
  }

  /** Rows of a picture. */
  public int height() {
    return pictureAxis(0);
  }

  /** Columns of pixels of a picture. */
  public int width() {
    return pictureAxis(1);
  }

  /**
   * Values that are normalized each in its own way: the channels of a picture, or the columns of a
   * row. Value i of an example is of channel i mod this.
   */
  public int channels() {
    return axes.get(axes.size() - 1);
  }

  private int pictureAxis(int axis) {
    if (!isPicture()) {
      throw new IllegalStateException("Only pictures have height and width, not " + axes);
    }
    return axes.get(axis);
  }
}
