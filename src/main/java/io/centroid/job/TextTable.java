package io.centroid.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.lang3.StringUtils;

/**
 * A table for a terminal: a line of titles, a line for each row, columns as wide as what is in them
 * and two blanks apart. What is null is a dash; control characters, which a name of a file may
 * have, are blanks.
 */
public final class TextTable {
  private static final String BETWEEN = "  ";

  private record Column(String title, boolean isRight, int most) {}

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a column of texts. */
  public TextTable left(String title) {
    return left(title, Integer.MAX_VALUE);
  }

  /**
   * Adds a column of texts.
   *
   * @param most characters that a cell may have, at least 4; a longer one ends in an ellipsis
   */
  public TextTable left(String title, int most) {
    columns.add(new Column(title, false, most));
    return this;
  }

  /** Adds a column of numbers. */
  public TextTable right(String title) {
    columns.add(new Column(title, true, Integer.MAX_VALUE));
    return this;
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column
   */
  public TextTable row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "Cannot add a row: found %d cells, expected %d.".formatted(cells.length, columns.size()));
    }
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      String cell = cells[i] == null ? "-" : cells[i].toString();
      row.add(StringUtils.abbreviate(Terminal.printable(cell), columns.get(i).most()));
    }
    rows.add(row);
    return this;
  }

  /** A number as a cell's text; null is none. */
  public static String cell(String format, Number value) {
    return value == null ? null : String.format(Locale.ROOT, format, value);
  }

  /** The table, ending in a line break. */
  public String render() {
    int[] widths = columns.stream().mapToInt(column -> column.title().length()).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    line(columns.stream().map(Column::title).toList(), widths, text);
    rows.forEach(row -> line(row, widths, text));
    return text.toString();
  }

  private void line(List<String> cells, int[] widths, StringBuilder text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(i == 0 ? "" : BETWEEN);
      line.append(
          columns.get(i).isRight()
              ? StringUtils.leftPad(cells.get(i), widths[i])
              : StringUtils.rightPad(cells.get(i), widths[i]));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
