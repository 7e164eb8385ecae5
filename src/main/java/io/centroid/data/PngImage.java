package io.centroid.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Small images as PNG files. */
public final class PngImage {
  private static final int LONGEST_SIDE = 96;

  private PngImage() {}

  /**
   * One image as a PNG file in Base64; of a large one every second, third, ... pixel of every
   * second, third, ... row.
   *
   * @param pixels unsigned, HWC order
   * @param shape that of a picture
   */
  public static String base64(byte[] pixels, FeatureShape shape) {
    int channels = shape.channels();
    int step = (Math.max(shape.width(), shape.height()) + LONGEST_SIDE - 1) / LONGEST_SIDE;
    BufferedImage image =
        new BufferedImage(
            (shape.width() + step - 1) / step,
            (shape.height() + step - 1) / step,
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        for (int channel = 0; channel < channels; channel++) {
          int at = (y * step * shape.width() + x * step) * channels + channel;
          image.getRaster().setSample(x, y, channel, pixels[at]);
        }
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(file.toByteArray());
  }
}
