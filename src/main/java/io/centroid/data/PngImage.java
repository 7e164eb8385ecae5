package io.centroid.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Images of 32×32 pixels as PNG files. */
public final class PngImage {
  private PngImage() {}

  /**
   * One image as a PNG file in Base64.
   *
   * @param pixels {@code byte[3072]}, unsigned, HWC order
   */
  public static String base64(byte[] pixels) {
    BufferedImage image =
        new BufferedImage(Cifar10.WIDTH, Cifar10.HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < Cifar10.FEATURES; i++) {
      int pixel = i / Cifar10.CHANNELS;
      image
          .getRaster()
          .setSample(pixel % Cifar10.WIDTH, pixel / Cifar10.WIDTH, i % Cifar10.CHANNELS, pixels[i]);
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
