package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DataSetTest {
  private static final FeatureShape SHAPE = FeatureShape.picture(28, 20, 1);

  @Test
  void aShapeTellsHowValuesLie() {
    assertThat(SHAPE.count()).isEqualTo(560);
    assertThat(SHAPE.isPicture()).isTrue();
    assertThat(List.of(SHAPE.height(), SHAPE.width(), SHAPE.channels())).containsExactly(28, 20, 1);
    FeatureShape columns = new FeatureShape(List.of(54));
    assertThat(columns.isPicture()).isFalse();
    assertThat(columns.channels()).isEqualTo(54);
    assertThatThrownBy(columns::height).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shapesThatNothingHasAreRefused() {
    for (List<Integer> axes :
        List.of(
            List.<Integer>of(),
            List.of(0),
            List.of(-1),
            List.of(3, 3),
            List.of(3, 3, 2),
            List.of(3, 3, 3, 3),
            List.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 3),
            List.of(1 << 16, 1 << 16, 3),
            List.of(12_000_001))) {
      assertThatThrownBy(() -> new FeatureShape(axes))
          .as("%s", axes)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesMustTellClassesApart() {
    for (List<String> names :
        List.of(
            List.of("one"),
            List.of("one", "one"),
            List.of("one", " "),
            List.of("one", "\u001b[2J"),
            Collections.nCopies(2, "x".repeat(201)),
            IntStream.range(0, 2_001).mapToObj(Integer::toString).toList())) {
      assertThatThrownBy(() -> new DataSet("data", SHAPE, names))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("class names");
    }
    assertThatThrownBy(() -> new DataSet("", SHAPE, List.of("a", "b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fitsByShapeAndClasses() {
    DataSet one = new DataSet("one", SHAPE, List.of("a", "b"));
    assertThat(one.fits(new DataSet("another", SHAPE, List.of("a", "b")))).isTrue();
    assertThat(one.fits(new DataSet("one", SHAPE, List.of("b", "a")))).isFalse();
    assertThat(one.fits(new DataSet("one", FeatureShape.picture(20, 28, 1), List.of("a", "b"))))
        .isFalse();
  }
}
