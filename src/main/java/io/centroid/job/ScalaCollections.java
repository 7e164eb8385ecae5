package io.centroid.job;

import java.util.ArrayList;
import java.util.List;
import scala.collection.immutable.$colon$colon;
import scala.collection.immutable.List$;

/**
 * Collections of Java and Scala made of each other, by what Scala 2.12 and 2.13 have in common: a
 * {@code Seq} is another type in each, an immutable list is both.
 */
public final class ScalaCollections {
  private ScalaCollections() {}

  /** A Scala list with these elements. */
  public static <T> scala.collection.immutable.List<T> sequence(List<? extends T> elements) {
    scala.collection.immutable.List<T> sequence = List$.MODULE$.empty();
    for (int i = elements.size() - 1; i >= 0; i--) {
      sequence = new $colon$colon<>(elements.get(i), sequence);
    }
    return sequence;
  }

  /** A list with the elements of a Scala collection. */
  public static <T> List<T> list(scala.collection.Iterable<T> elements) {
    List<T> list = new ArrayList<>();
    scala.collection.Iterator<T> iterator = elements.iterator();
    while (iterator.hasNext()) {
      list.add(iterator.next());
    }
    return list;
  }
}
