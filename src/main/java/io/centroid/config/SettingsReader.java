package io.centroid.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import io.centroid.data.Choice;
import java.math.BigDecimal;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads typed values from a configuration, whole numbers exactly, and collects every problem
 * instead of stopping at the first. A value of the wrong type is noted and replaced by its default,
 * so that reading goes on; a missing one likewise, noted by {@link Settings}.
 */
final class SettingsReader {
  private final Config config;
  private final Config defaults;
  private final List<String> problems;

  SettingsReader(Config config, Config defaults, List<String> problems) {
    this.config = config;
    this.defaults = defaults;
    this.problems = problems;
  }

  int integer(String key) {
    return value(
        key, "a whole number", source -> new BigDecimal(source.getString(key)).intValueExact());
  }

  long longInteger(String key) {
    return value(
        key, "a whole number", source -> new BigDecimal(source.getString(key)).longValueExact());
  }

  double number(String key) {
    return value(key, "a number", source -> source.getDouble(key));
  }

  List<Integer> integers(String key) {
    return value(
        key,
        "a list of whole numbers",
        source ->
            source.getStringList(key).stream()
                .map(text -> new BigDecimal(text).intValueExact())
                .toList());
  }

  boolean flag(String key) {
    return value(key, "true or false", source -> source.getBoolean(key));
  }

  String text(String key) {
    return value(key, "a text", source -> source.getString(key));
  }

  List<String> texts(String key) {
    return value(key, "a list of texts", source -> source.getStringList(key));
  }

  <E extends Enum<E>> List<E> choices(String key, Class<E> type) {
    return value(
        key,
        "a list, each " + Choice.names(type),
        source ->
            source.getStringList(key).stream()
                .map(name -> Choice.parse(type, name).orElseThrow())
                .toList());
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) {
    return value(
        key, Choice.names(type), source -> Choice.parse(type, source.getString(key)).orElseThrow());
  }

  /** Builds a section; problems its constructor finds are collected, and the result is null. */
  <T> T section(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (InvalidSettingsException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  private <T> T value(String key, String expected, Function<Config, T> read) {
    if (!config.hasPath(key)) {
      return read.apply(defaults);
    }
    try {
      return read.apply(config);
    } catch (ConfigException
        | IllegalArgumentException
        | ArithmeticException
        | NoSuchElementException e) {
      problems.add(
          key
              + ": found "
              + config.getValue(key).render(ConfigRenderOptions.concise())
              + ", expected "
              + expected);
      return read.apply(defaults);
    }
  }
}
