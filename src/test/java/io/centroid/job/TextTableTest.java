package io.centroid.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

final class TextTableTest {
  @Test
  void columnsAreAsWideAsWhatIsInThem() {
    TextTable table =
        new TextTable().left("run", 8).right("images/s").left("status").right("epoch");
    assertThat(table.render()).isEqualTo("run  images/s  status  epoch\n");
    table.row("a", "12,345,678", "finished", 3).row("0123456789", null, "", 12);
    assertThat(table.render())
        .isEqualTo(
            """
            run         images/s  status    epoch
            a         12,345,678  finished      3
            01234...           -               12
            """);
  }

  @Test
  void whatWouldControlTheTerminalIsBlank() {
    assertThat(new TextTable().left("run").row("a\u001b[2J\nb").render())
        .isEqualTo("run\na [2J b\n");
  }

  @Test
  void numbersAreWrittenAlikeInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(TextTable.cell("%,.1f", 1234.56)).isEqualTo("1,234.6");
    } finally {
      Locale.setDefault(before);
    }
    assertThat(TextTable.cell("%,.1f", null)).isNull();
  }

  @Test
  void aRowHasACellForEachColumn() {
    TextTable table = new TextTable().left("run").left("status");
    assertThatThrownBy(() -> table.row("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot add a row: found 1 cells, expected 2.");
  }
}
