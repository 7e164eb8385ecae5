package io.centroid.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records from anybody. */
final class JsonTest {
  private static final String WHOLE =
      """
      {"name": "a", "number": 1, "more": [{"value": 0.5}], "texts": ["b"], "boxed": 3,
       "later": "c", "count": 4}""";

  record Part(double value) {}

  record Whole(
      String name,
      int number,
      List<Part> more,
      List<String> texts,
      Integer boxed,
      @MayLack String later,
      @MayLack long count) {}

  @Test
  void whatIsWholeIsRead() throws JsonProcessingException {
    assertThat(Json.read(WHOLE, Whole.class))
        .isEqualTo(new Whole("a", 1, List.of(new Part(0.5)), List.of("b"), 3, "c", 4));
  }

  @Test
  void someMayLack() throws JsonProcessingException {
    for (String lacking :
        List.of(
            "{\"name\":\"a\",\"number\":1,\"more\":[],\"texts\":[]}",
            "{\"name\":\"a\",\"number\":1,\"more\":[],\"texts\":[],\"boxed\":null,\"later\":null,"
                + "\"count\":null}")) {
      Whole read = Json.read(lacking, Whole.class);
      assertThat(read).isEqualTo(new Whole("a", 1, List.of(), List.of(), null, null, 0));
      assertThat(Json.read(Json.write(read), Whole.class)).isEqualTo(read);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"name\": \"a\"|\"name\": null",
        "\"name\": \"a\",|",
        "\"name\": \"a\"|\"name\": [\"a\"]",
        "\"number\": 1,|",
        "\"number\": 1|\"number\": null",
        "\"number\": 1|\"number\": 99999999999",
        "\"number\": 1|\"number\": 1e999999999",
        "\"number\": 1|\"number\": \"one\"",
        "\"number\": 1|\"number\": 1, \"number\": 2",
        "\"value\": 0.5|",
        "{\"value\": 0.5}|null",
        "[{\"value\": 0.5}]|null",
        "[{\"value\": 0.5}]|{\"value\": 0.5}",
        "[\"b\"]|[null]",
        "\"count\": 4|\"count\": 4, \"unknown\": 5",
        "4}|4}}",
        "4}|4} {}",
        "4}|4",
      })
  void restIsRefused(String change) {
    String[] parts = change.split("\\|", 2);
    String changed = WHOLE.replace(parts[0], parts[1]);
    assertThat(changed).isNotEqualTo(WHOLE);
    assertRefused(changed);
    assertThat(Json.isOf(Whole.class, changed)).isFalse();
  }

  @Test
  void aListHasNoGaps() throws JsonProcessingException {
    assertThat(Json.read("[{\"value\": 1}]", Part[].class)).containsExactly(new Part(1));
    assertThatThrownBy(() -> Json.read("[{\"value\": 1}, null]", Part[].class))
        .isInstanceOf(JsonProcessingException.class);
  }

  @Test
  void depthAndLengthAreBounded() {
    for (String hostile :
        List.of(
            "",
            "null",
            "[".repeat(1_000_000),
            "{\"more\":".repeat(100_000),
            "{\"number\":" + "1".repeat(1_000_000) + "}",
            WHOLE.replace("\"boxed\": 3", "\"boxed\": " + "[".repeat(100_000)))) {
      assertRefused(hostile);
    }
  }

  private static void assertRefused(String json) {
    assertThatThrownBy(() -> Json.read(json, Whole.class))
        .isInstanceOfSatisfying(
            JsonProcessingException.class,
            e -> assertThat(Json.problem(e)).doesNotContain("\n").hasSizeLessThanOrEqualTo(200));
  }
}
