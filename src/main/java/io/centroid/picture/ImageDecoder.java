package io.centroid.picture;

import io.centroid.data.FeatureShape;
import io.centroid.error.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * Turns an image file into an image of a wanted size: upright, as its EXIF orientation says, of it
 * the largest centred part of the wanted proportions, a square for 32×32 pixels, resized. An image
 * of the wanted size stays as it is. Transparency is dropped; of one channel are grey levels, of
 * colours their luma (ITU-R BT.601).
 *
 * <p>What decoding keeps in memory beside the file is known from the file's header, and at most
 * {@link #MOST_MEMORY}: of larger images every second, third, ... pixel of every second, third, ...
 * row is decoded. Those that are decoded side by side, in tasks of one executor, take at most a
 * quarter of its heap together: others wait.
 */
public final class ImageDecoder {
  /** Bytes: of the pixels of an image, and of what its decoder keeps besides. */
  static final long MOST_MEMORY = 1L << 28;

  /** Decoding has to pass all of them; the largest sensors of cameras have 200 million. */
  private static final long MOST_PIXELS = 1L << 28;

  /** Of width and height: what JPEG and GIF can have. */
  private static final int LONGEST_SIDE = 65_535;

  /** An RGB pixel of the part, and its part in a half-size copy that resizing makes. */
  private static final int BYTES_OF_PART = Integer.BYTES + 1;

  /** Megabytes: of what is decoded at the same time. */
  private static final int ROOM =
      (int) Math.min(Integer.MAX_VALUE, Math.max(1, Runtime.getRuntime().maxMemory() >> 22));

  private static final Semaphore FREE_ROOM = new Semaphore(ROOM, true);

  /** Of a thousand. */
  private static final int LUMA_RED = 299;

  private static final int LUMA_GREEN = 587;
  private static final int LUMA_BLUE = 114;

  private ImageDecoder() {}

  /**
   * Decodes and resizes.
   *
   * @param shape that of a picture
   * @return unsigned, height × width × channel order
   * @throws UnreadableImageException also when memory does not suffice
   */
  public static byte[] pixels(byte[] file, FeatureShape shape) throws UnreadableImageException {
    return guarded(() -> decoded(file, shape));
  }

  /**
   * The upright size of what is in a file, and one channel for grey levels, three for colours.
   *
   * @throws UnreadableImageException when it cannot be decoded
   */
  public static FeatureShape shape(byte[] file) throws UnreadableImageException {
    return guarded(() -> shapeOf(file));
  }

  private static FeatureShape shapeOf(byte[] file) throws IOException, UnreadableImageException {
    ImageFormat format = ImageFormat.of(file);
    ImageHeader header = ImageHeader.of(format, file);
    ImageReader reader = format.reader();
    try (ImageInputStream in = new ImageBytes(file)) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      requireSize(width, height);
      boolean grey =
          reader.getImageTypes(0).hasNext()
              && reader.getImageTypes(0).next().getColorModel().getColorSpace().getType()
                  == ColorSpace.TYPE_GRAY;
      return FeatureShape.picture(
          header.isTransposed() ? width : height,
          header.isTransposed() ? height : width,
          grey ? 1 : 3);
    } finally {
      reader.dispose();
    }
  }

  @FunctionalInterface
  private interface Decoding<T> {
    T result() throws IOException, UnreadableImageException;
  }

  /** Decoders throw unchecked exceptions of many kinds at damaged files, and wrap them. */
  private static <T> T guarded(Decoding<T> decoding) throws UnreadableImageException {
    try {
      return decoding.result();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      Throwable cause = ExceptionUtils.getRootCause(e);
      if (cause instanceof OutOfMemoryError noMemory) {
        throw UnreadableImageException.of(noMemory);
      }
      throw UnreadableImageException.damaged(
          cause instanceof EOFException ? UnreadableImageException.CUT_OFF : Reason.of(cause));
    }
  }

  private static byte[] decoded(byte[] file, FeatureShape shape)
      throws IOException, UnreadableImageException {
    ImageFormat format = ImageFormat.of(file);
    ImageHeader header = ImageHeader.of(format, file);
    if (header.buffered() > MOST_MEMORY) {
      throw new UnreadableImageException(
          String.format(
              Locale.ROOT,
              "found a progressive JPEG image that takes %,d MB to decode, expected at most %,d MB",
              header.buffered() >> 20,
              MOST_MEMORY >> 20));
    }
    ImageReader reader = format.reader();
    try (ImageInputStream in = new ImageBytes(file)) {
      reader.setInput(in, true, true);
      requireSize(reader.getWidth(0), reader.getHeight(0));
      if (!reader.getImageTypes(0).hasNext()) { // CMYK, in early releases of JDK 17
        throw new UnreadableImageException(
            "found colours that JDK %s does not decode, expected grey levels or RGB"
                .formatted(Runtime.version()));
      }
      int room = (int) Math.min(ROOM, memory(reader, header) >> 20);
      if (room == 0) {
        return decoded(reader, header, shape);
      }
      FREE_ROOM.acquireUninterruptibly(room);
      try {
        return decoded(reader, header, shape);
      } finally {
        FREE_ROOM.release(room);
      }
    } finally {
      reader.dispose();
    }
  }

  private static byte[] decoded(ImageReader reader, ImageHeader header, FeatureShape shape)
      throws IOException, UnreadableImageException {
    return pixels(resized(centred(read(reader), header, shape), shape), shape);
  }

  private static void requireSize(int width, int height) throws UnreadableImageException {
    if (Math.min(width, height) < 1
        || Math.max(width, height) > LONGEST_SIDE
        || (long) width * height > MOST_PIXELS) {
      throw new UnreadableImageException(
          String.format(
              Locale.ROOT,
              "found %,d × %,d pixels, expected at most %,d, and %,d a side",
              width,
              height,
              MOST_PIXELS,
              LONGEST_SIDE));
    }
  }

  /** The JPEG decoder fills what is missing or damaged with grey, and only warns. */
  private static BufferedImage read(ImageReader reader)
      throws IOException, UnreadableImageException {
    AtomicReference<String> damage = new AtomicReference<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (isDamage(warning)) {
            damage.set(warning);
          }
        });
    ImageReadParam param = reader.getDefaultReadParam();
    int step = step(reader);
    param.setSourceSubsampling(step, step, 0, 0);
    BufferedImage image = reader.read(0, param);
    if (damage.get() != null) {
      throw UnreadableImageException.damaged(damage.get());
    }
    return image;
  }

  /** By what libjpeg and the JDK's reader say; superfluous bytes between segments do no harm. */
  private static boolean isDamage(String warning) {
    return warning.contains("Truncated")
        || warning.contains("Premature")
        || (warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous"));
  }

  /** Every which pixel and row is decoded so that the image takes no more than is allowed. */
  private static int step(ImageReader reader) throws IOException {
    long bytes = wholeBytes(reader);
    int step = 1;
    while (bytes / step / step > MOST_MEMORY) {
      step++;
    }
    return step;
  }

  /** Of all pixels of the image and of its centred part. */
  private static long wholeBytes(ImageReader reader) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    long side = Math.min(width, height);
    int bits = reader.getImageTypes(0).next().getColorModel().getPixelSize();
    return width * height * bits / Byte.SIZE + side * side * BYTES_OF_PART;
  }

  /** Bytes that decoding takes beside the file. */
  private static long memory(ImageReader reader, ImageHeader header) throws IOException {
    int step = step(reader);
    return header.buffered() + wholeBytes(reader) / step / step;
  }

  /**
   * The centred part, upright and without transparency, in the form that resizing keeps. Java would
   * brighten grey levels on their way to RGB; they are meant as they are.
   */
  private static BufferedImage centred(
      BufferedImage image, ImageHeader header, FeatureShape shape) {
    int width = image.getWidth();
    int height = image.getHeight();
    long uprightWidth = header.isTransposed() ? height : width;
    long uprightHeight = header.isTransposed() ? width : height;
    int partWidth =
        (int) Math.max(1, Math.min(uprightWidth, uprightHeight * shape.width() / shape.height()));
    int partHeight =
        (int) Math.max(1, Math.min(uprightHeight, uprightWidth * shape.height() / shape.width()));
    int left = ((int) uprightWidth - partWidth) / 2;
    int top = ((int) uprightHeight - partHeight) / 2;
    BufferedImage part = new BufferedImage(partWidth, partHeight, BufferedImage.TYPE_INT_RGB);
    boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    int surplusBits = image.getColorModel().getComponentSize(0) - Byte.SIZE;
    for (int y = 0; y < partHeight; y++) {
      for (int x = 0; x < partWidth; x++) {
        int across = header.isTransposed() ? top + y : left + x;
        int down = header.isTransposed() ? left + x : top + y;
        int column = header.isReversedAcross() ? width - 1 - across : across;
        int row = header.isReversedDown() ? height - 1 - down : down;
        part.setRGB(
            x,
            y,
            grey
                ? grey(image.getRaster().getSample(column, row, 0), surplusBits)
                : image.getRGB(column, row));
      }
    }
    return part;
  }

  private static int grey(int sample, int surplusBits) {
    int level =
        surplusBits >= 0 ? sample >> surplusBits : sample * 255 / ((1 << (8 + surplusBits)) - 1);
    return level * 0x010101;
  }

  private static BufferedImage resized(BufferedImage part, FeatureShape shape) throws IOException {
    return part.getWidth() == shape.width() && part.getHeight() == shape.height()
        ? part
        : Thumbnails.of(part).forceSize(shape.width(), shape.height()).asBufferedImage();
  }

  private static byte[] pixels(BufferedImage image, FeatureShape shape) {
    byte[] pixels = new byte[shape.count()];
    int at = 0;
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int rgb = image.getRGB(x, y);
        int red = rgb >> 16 & 0xff;
        int green = rgb >> 8 & 0xff;
        int blue = rgb & 0xff;
        if (shape.channels() == 1) {
          pixels[at++] = (byte) ((LUMA_RED * red + LUMA_GREEN * green + LUMA_BLUE * blue) / 1000);
        } else {
          pixels[at++] = (byte) red;
          pixels[at++] = (byte) green;
          pixels[at++] = (byte) blue;
        }
      }
    }
    return pixels;
  }
}
