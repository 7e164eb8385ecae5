package io.centroid.run;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the file of a checkpoint is called; names in alphabetical order are positions in the order
 * of training.
 *
 * @param epoch the epoch that goes on from it, from 1
 * @param round rounds of that epoch that are done
 */
public record CheckpointName(int epoch, int round) {
  private static final Pattern FORM =
      Pattern.compile("epoch-(?<epoch>\\d{6,9})-round-(?<round>\\d{8,9})\\.checkpoint");

  /** Reads a name; nothing for a file that is no checkpoint. */
  public static Optional<CheckpointName> parse(String file) {
    Matcher matcher = FORM.matcher(file);
    return matcher.matches()
        ? Optional.of(
            new CheckpointName(
                Integer.parseInt(matcher.group("epoch")), Integer.parseInt(matcher.group("round"))))
        : Optional.empty();
  }

  /** The file's name. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "epoch-%06d-round-%08d.checkpoint", epoch, round);
  }
}
