package io.centroid.run;

import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Names a run after what determines its result, so that the same work has the same id.
 *
 * @param value 12 lower-case hexadecimal digits
 */
public record RunId(String value) {
  private static final int DIGITS = 12;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + DIGITS + "}");
  private static final List<String> NOT_OF_THE_RESULT = List.of("prepare.", "checkpoint.", "gate.");

  /**
   * The id of a training.
   *
   * @param settings effective settings; those of the preparation are left out, because the shards'
   *     fingerprint stands for them, and those of the checkpoints and of the gate, which do not
   *     change the result
   * @param shardFingerprint the fingerprint of the shard set
   */
  public static RunId of(
      SortedMap<String, String> settings, String shardFingerprint, CodeVersion code) {
    StringBuilder text =
        new StringBuilder("shards " + shardFingerprint + "\ncode " + code.content() + "\n");
    settings.forEach(
        (key, value) -> {
          if (NOT_OF_THE_RESULT.stream().noneMatch(key::startsWith)) {
            text.append(key).append(" = ").append(value).append('\n');
          }
        });
    return new RunId(DigestUtils.sha256Hex(text.toString()).substring(0, DIGITS));
  }

  /** Whether a text has the form of an id. */
  public static boolean hasForm(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
