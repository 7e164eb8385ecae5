package io.centroid.data;

import java.util.Arrays;

/** The data sets that can be prepared. */
public enum DataSetName {
  /** The real images. */
  CIFAR_10("CIFAR-10"),
  /** Generated images of the same shape, for machines with no copy of the real ones. */
  STAND_IN("stand-in data, not CIFAR-10");

  private final String title;

  DataSetName(String title) {
    this.title = title;
  }

  /** Whether a text is the title of one of them. */
  public static boolean isTitle(String text) {
    return Arrays.stream(values()).anyMatch(name -> name.title.equals(text));
  }

  /** What people read on the console and in every file made from the data. */
  public String title() {
    return title;
  }
}
