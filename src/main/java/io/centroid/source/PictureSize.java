package io.centroid.source;

import io.centroid.data.FeatureShape;
import io.centroid.error.JobException;
import io.centroid.picture.ImageDecoder;
import io.centroid.picture.UnreadableImageException;
import java.io.IOException;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.function.IOSupplier;

/**
 * What size pictures are to have, as far as the user said it.
 *
 * @param size {@code HEIGHTxWIDTH}; null where all have one size
 * @param channels 1 or 3; null to take those of the pictures
 */
public record PictureSize(String size, Integer channels) implements Serializable {
  /** Nothing was said. */
  public static final PictureSize OF_THE_PICTURES = new PictureSize(null, null);

  private static final Pattern FORM = Pattern.compile("(\\d{1,5})[x×](\\d{1,5})");

  /** Checks what was said; throws {@link JobException} with category SETTINGS. */
  public PictureSize {
    if (size != null && !FORM.matcher(size).matches()) {
      throw refusal("--image-size " + size, "HEIGHTxWIDTH in pixels, as 64x48");
    }
    if (channels != null && channels != 1 && channels != 3) {
      throw refusal("--image-channels " + channels, "1, grey levels, or 3, red, green, blue");
    }
    if (size != null) {
      shape(size, channels == null ? 3 : channels);
    }
  }

  private static JobException refusal(String found, String expected) {
    return JobException.settings(
        "Cannot resize pictures: found %s, expected %s.".formatted(found, expected));
  }

  /**
   * The pixels of a picture, resized if that was said.
   *
   * @param shape that of all pictures
   * @throws UnreadableImageException also when it has another size, and is not to be resized
   */
  byte[] pixels(byte[] file, FeatureShape shape) throws UnreadableImageException {
    FeatureShape found = ImageDecoder.shape(file);
    if (size == null && (found.height() != shape.height() || found.width() != shape.width())) {
      throw new UnreadableImageException(
          "found a picture of %dx%d, expected %dx%d, height by width, as the others. Use --image-size to resize all"
              .formatted(found.height(), found.width(), shape.height(), shape.width()));
    }
    if (channels == null && found.channels() > shape.channels()) {
      throw new UnreadableImageException(
          "found colours, expected grey levels, as of the others. Use --image-channels for one of both");
    }
    return ImageDecoder.pixels(file, shape);
  }

  /** The shape of every picture, where a picture's own is asked for only if it matters. */
  FeatureShape shapeOr(IOSupplier<FeatureShape> ofPicture) throws IOException {
    if (size != null && channels != null) {
      return shape(size, channels);
    }
    FeatureShape own = ofPicture.get();
    int wanted = channels == null ? own.channels() : channels;
    return size == null
        ? FeatureShape.picture(own.height(), own.width(), wanted)
        : shape(size, wanted);
  }

  private static FeatureShape shape(String size, int channels) {
    Matcher sides = FORM.matcher(size);
    sides.matches();
    try {
      return FeatureShape.picture(
          Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)), channels);
    } catch (IllegalArgumentException e) {
      throw refusal("--image-size " + size, "a size that a network can have: " + e.getMessage());
    }
  }
}
