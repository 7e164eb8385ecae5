package io.centroid.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How enum constants are written in settings and files: lower case with hyphens. */
public final class Choice {
  private Choice() {}

  /** The written form: {@code FLATTEN_DENSE} is "flatten-dense". */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant whose written form is {@code name}, if there is one. */
  public static <E extends Enum<E>> Optional<E> parse(Class<E> type, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name(constant).equals(name))
        .findFirst();
  }

  /** All written forms, as a sentence for messages: "one of a, b, c". */
  public static String names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Choice::name)
        .collect(Collectors.joining(", ", "one of ", ""));
  }
}
