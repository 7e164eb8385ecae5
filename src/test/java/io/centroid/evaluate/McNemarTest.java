package io.centroid.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class McNemarTest {
  @Test
  void countsImagesByWhoIsRight() {
    int[] labels = {0, 1, 2, 3, 4, 5};
    int[] first = {0, 1, 2, 0, 0, 5};
    int[] second = {0, 1, 0, 3, 0, 0};
    McNemar test = McNemar.of(labels, first, second);
    assertThat(test).isEqualTo(new McNemar(2, 2, 1, 1));
    assertThat(test.images()).isEqualTo(6);
    assertThat(test.discordant()).isEqualTo(3);
    assertThat(test.accuracyDifference()).isEqualTo(1.0 / 6, within(1e-15));
  }

  /** Both examples of Fagerland, Lydersen and Laake, with the sums written out. */
  @Test
  void givesThePublishedPValues() {
    McNemar airways = new McNemar(1, 1, 7, 12);
    assertThat(airways.exactPValue()).isEqualTo(2 * (1 + 8) / 256.0, within(1e-12));
    assertThat(airways.midPValue()).isEqualTo((2 * 1 + 8) / 256.0, within(1e-12));
    McNemar response = new McNemar(59, 6, 16, 80);
    assertThat(response.exactPValue()).isEqualTo(0.052, within(5e-4));
    assertThat(response.midPValue()).isEqualTo(0.035, within(5e-4));
  }

  @Test
  void theFirstIsWorseWhenItAloneIsRightLessOften() {
    assertThat(new McNemar(1, 1, 7, 12).firstIsWorsePValue())
        .isEqualTo((1 + 8 / 2.0) / 256, within(1e-12));
    assertThat(new McNemar(1, 7, 1, 12).firstIsWorsePValue())
        .isEqualTo(1 - (1 + 8 / 2.0) / 256, within(1e-12));
  }

  @Test
  void equallyManyOnEachSideSayNothing() {
    for (int each : new int[] {0, 1, 50, 5000}) {
      McNemar test = new McNemar(3, each, each, 4);
      assertThat(test.exactPValue()).isEqualTo(1);
      assertThat(test.midPValue()).isEqualTo(1, within(1e-9));
      assertThat(test.firstIsWorsePValue()).isEqualTo(0.5, within(1e-9));
    }
  }

  /** Expected values from exact fractions. */
  @Test
  void tinyPValuesAreNeitherZeroNorNegative() {
    McNemar test = new McNemar(3280, 1491, 733, 4496);
    assertThat(test.exactPValue()).isEqualTo(4.069470314740955e-59, within(1e-70));
    assertThat(test.midPValue()).isEqualTo(3.032428402377696e-59, within(1e-70));
    assertThat(test.firstIsWorsePValue()).isEqualTo(1);
    assertThat(new McNemar(3280, 733, 1491, 4496).firstIsWorsePValue())
        .isEqualTo(3.032428402377696e-59 / 2, within(1e-70));
  }

  @Test
  void refusesPredictionsOfOtherImages() {
    assertThatThrownBy(() -> McNemar.of(new int[3], new int[3], new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 3 and 2, expected 3");
  }
}
