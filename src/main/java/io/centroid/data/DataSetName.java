package io.centroid.data;

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

  /** What people read on the console and in every file made from the data. */
  public String title() {
    return title;
  }
}
