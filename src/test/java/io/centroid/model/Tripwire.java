package io.centroid.model;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/** What a hostile file names, to have it made an object of. It tells when it was. */
public final class Tripwire implements Serializable {
  /** Set when the class is initialized, or an object of it read. */
  static final String SPRUNG = "centroid.test.tripwire";

  private static final long serialVersionUID = 1;

  static {
    System.setProperty(SPRUNG, "initialized");
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    System.setProperty(SPRUNG, "read");
    in.defaultReadObject();
  }
}
