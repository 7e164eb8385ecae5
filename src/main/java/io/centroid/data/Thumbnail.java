package io.centroid.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * A small image, to be looked at.
 *
 * @param height in pixels, 96 at most
 * @param width in pixels, 96 at most
 * @param channels 1 for grey levels, 3 for red, green and blue
 * @param pixels unsigned, HWC order
 */
@SuppressWarnings("ArrayRecordComponent") // to be shown, never compared
public record Thumbnail(int height, int width, int channels, byte[] pixels)
    implements Serializable {
  private static final int LONGEST_SIDE = 96;

  /**
   * Of an image; of a large one every second, third, ... pixel of every second, third, ... row.
   *
   * @param pixels unsigned, HWC order
   * @param shape that of a picture
   */
  public static Thumbnail of(byte[] pixels, FeatureShape shape) {
    int step = (Math.max(shape.width(), shape.height()) + LONGEST_SIDE - 1) / LONGEST_SIDE;
    int channels = shape.channels();
    int height = (shape.height() + step - 1) / step;
    int width = (shape.width() + step - 1) / step;
    byte[] taken = new byte[height * width * channels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int from = (y * step * shape.width() + x * step) * channels;
        System.arraycopy(pixels, from, taken, (y * width + x) * channels, channels);
      }
    }
    return new Thumbnail(height, width, channels, taken);
  }

  /** It as a PNG file in Base64. */
  public String png() {
    BufferedImage image =
        new BufferedImage(
            width,
            height,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(file.toByteArray());
  }
}
