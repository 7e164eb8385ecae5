package io.centroid.promote;

import io.centroid.data.Choice;
import java.util.List;
import java.util.Locale;

/** The history of a model as text, newest first; a star is in front of what is current. */
public final class VersionTable {
  private VersionTable() {}

  /** The table. */
  public static String render(String name, List<Promotion> history) {
    StringBuilder text = new StringBuilder(name + "\n");
    text.append(row(" ", "version", "run", "accuracy", "action", "when", "by"));
    for (int i = history.size() - 1; i >= 0; i--) {
      Promotion entry = history.get(i);
      text.append(
          row(
              i == history.size() - 1 ? "*" : " ",
              entry.version(),
              entry.run(),
              String.format(Locale.ROOT, "%.2f %%", 100 * entry.accuracy()),
              Choice.name(entry.action()),
              entry.time(),
              entry.user()));
    }
    return text.toString();
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%s %7s  %-12s  %8s  %-11s  %-20s  %s\n", cells);
  }
}
