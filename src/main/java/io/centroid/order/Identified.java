package io.centroid.order;

/**
 * Something with an id.
 *
 * @param <T> its own type
 */
public interface Identified<T> {
  /** Decides its place among the others. */
  long id();

  /** Decides among those of one id, where these are numbered. */
  long tie();

  /** The same with another id. */
  T withId(long other);
}
