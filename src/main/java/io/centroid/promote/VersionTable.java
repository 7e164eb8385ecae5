package io.centroid.promote;

import io.centroid.data.Choice;
import io.centroid.job.TextTable;
import java.util.List;

/** The history of a model as text, newest first; a star is in front of what is current. */
public final class VersionTable {
  private VersionTable() {}

  /** The model's name and the table, ending in a line break. */
  public static String render(String name, List<Promotion> history) {
    TextTable table =
        new TextTable()
            .left(" ")
            .right("version")
            .left("run")
            .right("accuracy")
            .left("action")
            .left("when")
            .left("by");
    for (int i = history.size() - 1; i >= 0; i--) {
      Promotion entry = history.get(i);
      table.row(
          i == history.size() - 1 ? "*" : " ",
          entry.version(),
          entry.run(),
          TextTable.cell("%.2f %%", 100 * entry.accuracy()),
          Choice.name(entry.action()),
          entry.time(),
          entry.user());
    }
    return name + "\n" + table.render();
  }
}
