package io.centroid.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Small images as PNG files. */
public final class PngImage {
  private PngImage() {}

  /**
   * One image as a PNG file in Base64.
   *
   * @param pixels unsigned, HWC order
   * @param shape that of a picture
   */
  public static String base64(byte[] pixels, FeatureShape shape) {
    int channels = shape.channels();
    BufferedImage image =
        new BufferedImage(
            shape.width(),
            shape.height(),
            channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / channels;
      image
          .getRaster()
          .setSample(pixel % shape.width(), pixel / shape.width(), i % channels, pixels[i]);
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
