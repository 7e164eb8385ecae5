package io.centroid.score;

import io.centroid.data.Cifar10;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.Thumbnails;

/**
 * Turns an image file into an image of the network's size: the largest centred square of it,
 * resized to 32×32 pixels. An image of that size stays as it is. Transparency is dropped.
 */
final class ImageDecoder {
  /** What decoding may take: 400 MB of heap as it is stored, and 400 MB without transparency. */
  private static final long MOST_PIXELS = 100_000_000;

  private static final String EXPECTED = "expected a PNG, JPEG, GIF or BMP image";

  private ImageDecoder() {}

  /**
   * Decodes and resizes.
   *
   * @return {@code byte[3072]}, unsigned, height × width × channel order
   */
  static byte[] pixels(byte[] file) throws UnreadableImageException {
    try {
      return pixels(resized(opaque(decoded(file))));
    } catch (IOException | RuntimeException e) {
      // Decoders throw unchecked exceptions of many kinds at damaged files.
      throw new UnreadableImageException(
          "found damage (" + String.valueOf(e.getMessage()).strip() + "), " + EXPECTED);
    }
  }

  private static BufferedImage decoded(byte[] file) throws IOException, UnreadableImageException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new UnreadableImageException(
            "found %s, %s"
                .formatted(file.length == 0 ? "an empty file" : "another format", EXPECTED));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw new UnreadableImageException(
              "found %,d pixels, expected at most %,d".formatted(pixels, MOST_PIXELS));
        }
        return read(reader);
      } finally {
        reader.dispose();
      }
    }
  }

  /** The JPEG decoder fills what is missing of a cut-off file with grey, and only warns. */
  private static BufferedImage read(ImageReader reader)
      throws IOException, UnreadableImageException {
    AtomicReference<String> cutOff = new AtomicReference<>();
    IIOReadWarningListener listener =
        (source, warning) -> {
          if (warning.contains("Truncated") || warning.contains("Premature")) {
            cutOff.set(warning);
          }
        };
    reader.addIIOReadWarningListener(listener);
    BufferedImage image = reader.read(0);
    if (cutOff.get() != null) {
      throw new UnreadableImageException("found damage (" + cutOff.get() + "), " + EXPECTED);
    }
    return image;
  }

  private static BufferedImage resized(BufferedImage image) throws IOException {
    int side = Math.min(image.getWidth(), image.getHeight());
    BufferedImage square =
        image.getSubimage(
            (image.getWidth() - side) / 2, (image.getHeight() - side) / 2, side, side);
    return side == Cifar10.WIDTH
        ? square
        : Thumbnails.of(square).forceSize(Cifar10.WIDTH, Cifar10.HEIGHT).asBufferedImage();
  }

  /**
   * Without transparency, in the form that resizing keeps. Java would brighten grey levels on their
   * way to RGB; they are meant as they are.
   */
  private static BufferedImage opaque(BufferedImage image) {
    BufferedImage opaque =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    int surplusBits = image.getColorModel().getComponentSize(0) - Byte.SIZE;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        if (grey) {
          int sample = image.getRaster().getSample(x, y, 0);
          int level =
              surplusBits >= 0
                  ? sample >> surplusBits
                  : sample * 255 / ((1 << (8 + surplusBits)) - 1);
          rgb = level * 0x010101;
        }
        opaque.setRGB(x, y, rgb);
      }
    }
    return opaque;
  }

  private static byte[] pixels(BufferedImage image) {
    byte[] pixels = new byte[Cifar10.FEATURES];
    int at = 0;
    for (int y = 0; y < Cifar10.HEIGHT; y++) {
      for (int x = 0; x < Cifar10.WIDTH; x++) {
        int rgb = image.getRGB(x, y);
        pixels[at++] = (byte) (rgb >> 16);
        pixels[at++] = (byte) (rgb >> 8);
        pixels[at++] = (byte) rgb;
      }
    }
    return pixels;
  }
}
