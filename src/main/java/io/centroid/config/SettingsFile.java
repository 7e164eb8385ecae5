package io.centroid.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A settings file, with those it includes. Of what HOCON could include, only files in the directory
 * of the settings file and below are read: no URLs, no resources of the class path, no other
 * places. An included file must be there.
 */
final class SettingsFile
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  /** The longest file, bytes; all recipes together have a hundredth of it. */
  private static final int MOST_BYTES = 1 << 20;

  /** How many files may be included, by one another too. */
  private static final int MOST_INCLUDES = 100;

  /** Those that are being read, the innermost first; none while an assignment is. */
  private final Deque<Path> underWay = new ArrayDeque<>();

  private int included;

  private SettingsFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException when it, or one that it includes, cannot be used; the message says what
   *     was found
   */
  static Config read(Path file) {
    return new SettingsFile().parse(file.toAbsolutePath().normalize());
  }

  /**
   * Reads one assignment, which includes nothing.
   *
   * @throws ConfigException when it is none
   */
  static Config assignment(String text) {
    return ConfigFactory.parseString(
        text, ConfigParseOptions.defaults().setIncluder(new SettingsFile()));
  }

  private Config parse(Path file) {
    if (underWay.contains(file)) {
      throw refused("an include of " + file + " by itself", "none");
    }
    String text = text(file);
    underWay.push(file);
    try {
      return ConfigFactory.parseString(
          text,
          ConfigParseOptions.defaults()
              .setOriginDescription(file.toString())
              .setSyntax(syntax(file.toString()))
              .setIncluder(this));
    } finally {
      underWay.pop();
    }
  }

  private static ConfigSyntax syntax(String file) {
    if (file.endsWith(".json")) {
      return ConfigSyntax.JSON;
    }
    return file.endsWith(".properties") ? ConfigSyntax.PROPERTIES : ConfigSyntax.CONF;
  }

  private static String text(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new ConfigException.Generic("found no readable file, expected a HOCON file", e);
    }
    if (bytes.length > MOST_BYTES) {
      throw refused("more than %,d bytes".formatted(MOST_BYTES), "a HOCON file");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    return file(what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return file(what.getPath());
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw outside("url(" + what + ")");
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    throw outside("classpath(" + what + ")");
  }

  /** What the library would read itself is not read. */
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  private ConfigObject file(String name) {
    if (underWay.isEmpty() || ++included > MOST_INCLUDES) {
      throw refused(
          "an include of " + name,
          underWay.isEmpty() ? "a value" : "at most %d includes".formatted(MOST_INCLUDES));
    }
    try {
      Path file = underWay.peek().resolveSibling(name);
      if (!Files.exists(file) && Files.exists(Path.of(file + ".conf"))) {
        file = Path.of(file + ".conf");
      }
      file = file.toRealPath();
      if (!file.startsWith(underWay.peekLast().getParent().toRealPath())) {
        throw outside(name);
      }
      return parse(file).root();
    } catch (IOException | InvalidPathException e) {
      throw outside(name);
    }
  }

  private static ConfigException outside(String what) {
    return refused(
        "an include of " + what, "one of a file in the directory of the settings file or below");
  }

  private static ConfigException refused(String found, String expected) {
    return new ConfigException.Generic("found %s, expected %s".formatted(found, expected));
  }
}
