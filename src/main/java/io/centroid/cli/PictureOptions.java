package io.centroid.cli;

import io.centroid.error.JobException;
import io.centroid.source.PictureSize;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say what size pictures get, for those who have pictures of their own. */
public final class PictureOptions {
  @Option(
      names = "--image-size",
      paramLabel = "HEIGHTxWIDTH",
      description =
          "Resize pictures of your own, as 64x64, cut to these proportions; without it all must have one size.")
  private String size;

  @Option(
      names = "--image-channels",
      paramLabel = "N",
      description = "1, grey levels, or 3, red, green, blue; default: as the pictures have.")
  private Integer channels;

  /** What they say. */
  PictureSize size() {
    return new PictureSize(size, channels);
  }

  /** Refuses what they say of data that are no pictures of one's own. */
  void requireNone() {
    if (size != null || channels != null) {
      throw JobException.settings(
          "Cannot use %s: found a data set whose images have a size, expected a directory of pictures for each class. Leave it out."
              .formatted(size != null ? "--image-size" : "--image-channels"));
    }
  }

  /** The options as they were given. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (size != null) {
      arguments.addAll(List.of("--image-size", size));
    }
    if (channels != null) {
      arguments.addAll(List.of("--image-channels", channels.toString()));
    }
    return arguments;
  }
}
