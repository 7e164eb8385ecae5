package io.centroid.picture;

import static io.centroid.picture.ImageSamples.encoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.Cifar10;
import io.centroid.data.FeatureShape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageDecoderTest {
  private static final FeatureShape CIFAR_10 = Cifar10.DATA_SET.shape();

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_GRAY
      })
  void anImageOfTheRightSizeStaysAsItIs(int type) throws Exception {
    BufferedImage image = new BufferedImage(32, 32, type);
    SplittableRandom random = new SplittableRandom(type);
    byte[] expected = new byte[Cifar10.FEATURES];
    for (int at = 0; at < expected.length; at += 3) {
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        int level = random.nextInt(256);
        image.getRaster().setSample(at / 3 % 32, at / 3 / 32, 0, level);
        Arrays.fill(expected, at, at + 3, (byte) level);
      } else {
        int rgb = random.nextInt();
        image.setRGB(at / 3 % 32, at / 3 / 32, rgb | 0x80000000);
        expected[at] = (byte) (rgb >> 16);
        expected[at + 1] = (byte) (rgb >> 8);
        expected[at + 2] = (byte) rgb;
      }
    }
    assertThat(ImageDecoder.pixels(encoded(image, "png"), CIFAR_10)).isEqualTo(expected);
  }

  /**
   * A red square between blue margins, wide or high, smaller or larger than the network's input.
   */
  @ParameterizedTest
  @ValueSource(strings = {"64x40", "40x64", "500x300", "20x10", "1x1", "32x33"})
  void anImageOfAnotherSizeIsCutToItsCentredSquareAndResized(String size) throws Exception {
    int width = Integer.parseInt(size.split("x", -1)[0]);
    int height = Integer.parseInt(size.split("x", -1)[1]);
    int side = Math.min(width, height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.BLUE);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.RED);
    graphics.fillRect((width - side) / 2, (height - side) / 2, side, side);
    graphics.dispose();
    byte[] pixels = ImageDecoder.pixels(encoded(image, "png"), CIFAR_10);
    for (int at = 0; at < pixels.length; at += 3) {
      assertThat(Arrays.copyOfRange(pixels, at, at + 3)).containsExactly(255, 0, 0);
    }
  }

  @Test
  void readsJpeg() throws Exception {
    byte[] pixels = ImageDecoder.pixels(encoded(green(64), "jpg"), CIFAR_10);
    assertThat(pixels[1] & 0xff).isBetween(195, 205);
    assertThat(pixels[0] & 0xff).isLessThan(10);
  }

  @Test
  void whatIsNoImageIsToldWithTheReason() throws Exception {
    assertUnreadable(new byte[0], "found an empty file, expected a PNG, JPEG");
    assertUnreadable(
        "a, b, c\n".repeat(100).getBytes(StandardCharsets.UTF_8), "found another format, expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void whatIsCutOffIsToldAndNotFilledUp(String format) throws Exception {
    BufferedImage noise = green(256);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 256 * 256; i++) {
      noise.setRGB(i % 256, i / 256, random.nextInt());
    }
    byte[] whole = encoded(noise, format);
    for (int part : new int[] {2, 3, 10, 300}) {
      assertUnreadable(Arrays.copyOf(whole, whole.length / part), "found damage (");
    }
  }

  /** How files begin that resemble an image, or that some decoder of the JDK or of others takes. */
  static Stream<Arguments> whatIsNoneOfThem() throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_BINARY);
    return Stream.of(
        Arguments.of(
            "another format", latin1("BMW, Audi and Opel are names of companies in Germany")),
        Arguments.of(
            "another format", latin1("BM" + "\0".repeat(12) + "A text, which is no header")),
        Arguments.of("another format", latin1("BM")),
        Arguments.of("another format", latin1("GIF, a format")),
        Arguments.of("another format", latin1("\u0089PNG")),
        Arguments.of("another format", latin1("\u00ff\u00d8")),
        Arguments.of("another format", latin1("<svg xmlns='http://www.w3.org/2000/svg'/>")),
        Arguments.of("another format", latin1("P6 1 1 255 abc")),
        Arguments.of("another format", encoded(image, "wbmp")),
        Arguments.of("a TIFF image", encoded(image, "tiff")),
        Arguments.of("a TIFF image", latin1("MM\0*\0\0\0\b")),
        Arguments.of("a PDF document", latin1("%PDF-1.7")),
        Arguments.of("a WebP image", latin1("RIFF\44\0\0\0WEBPVP8 ")),
        Arguments.of("a HEIC image or a video", latin1("\0\0\0\30ftypheic\0\0\0\0mif1heic")),
        Arguments.of("an AVIF image", latin1("\0\0\0\30ftypavif\0\0\0\0")));
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @MethodSource
  void whatIsNoneOfThem(String name, byte[] file) {
    assertUnreadable(file, "found %s, expected a PNG, JPEG, GIF or BMP image".formatted(name));
  }

  /** Photoshop and all who follow it store how little there is of each. */
  @Test
  void coloursForPrintAreThoseOnAScreen() throws Exception {
    byte[] pixels = ImageDecoder.pixels(ImageSamples.cmyk(255, 0, 0, 255), CIFAR_10);
    assertThat(pixels[0] & 0xff).isGreaterThan(245);
    assertThat(pixels[1] & 0xff).isLessThan(10);
    assertThat(pixels[2] & 0xff).isLessThan(10);
  }

  @Test
  void ofAnAnimationTheFirstImageCounts() throws Exception {
    byte[] pixels =
        ImageDecoder.pixels(
            ImageSamples.animated(green(32), new BufferedImage(32, 32, 1)), CIFAR_10);
    assertThat(Arrays.copyOf(pixels, 3)).containsExactly((byte) 0, (byte) 200, (byte) 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6})
  void sixteenBitsAreRead(int colorType) throws Exception {
    byte[] pixel = {(byte) 250, (byte) 250, 100, 100, 30, 30, 127, 0};
    int components = colorType == 2 ? 3 : 4;
    byte[] file = ImageSamples.plain(32, 32, 16, colorType, Arrays.copyOf(pixel, 2 * components));
    assertThat(Arrays.copyOf(ImageDecoder.pixels(file, CIFAR_10), 3))
        .containsExactly((byte) 250, (byte) 100, (byte) 30);
  }

  /** The colour of what is transparent is that of the file, however little it shows. */
  @Test
  void aPaletteWithTransparencyIsRead() throws Exception {
    byte[] red = {0, (byte) 200};
    IndexColorModel palette =
        new IndexColorModel(8, 2, red, new byte[2], new byte[2], new byte[] {(byte) 255, 0});
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setSample(0, 0, 0, 1);
    for (String format : List.of("png", "gif")) {
      assertThat(Arrays.copyOf(ImageDecoder.pixels(encoded(image, format), CIFAR_10), 6))
          .isEqualTo(new byte[] {(byte) 200, 0, 0, 0, 0, 0});
    }
  }

  /** Rows of an image are in its file from the top down, from the bottom up, or in passes. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "progressive"})
  void aPartIsNoImage(String format) throws Exception {
    BufferedImage portrait = ImageSamples.noise(48, 100, BufferedImage.TYPE_INT_RGB);
    byte[] whole =
        format.equals("progressive")
            ? ImageSamples.progressive(portrait)
            : encoded(portrait, format);
    ImageDecoder.pixels(whole, CIFAR_10);
    for (int length = 1; length < whole.length; length += 1 + length / 30) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ImageDecoder.pixels(part, CIFAR_10))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(UnreadableImageException.class)
          .hasMessageContaining("expected")
          .hasMessageNotContaining("null");
    }
  }

  /** Whatever is in a file: it is an image, or the message says why it is none. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void damageIsToldInWords(String format) throws Exception {
    byte[] whole = encoded(ImageSamples.noise(20, 16, BufferedImage.TYPE_INT_RGB), format);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = whole.clone();
      for (int bytes = random.nextInt(1, 4); bytes > 0; bytes--) {
        damaged[random.nextInt(random.nextBoolean() ? 64 : whole.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(ImageDecoder.pixels(damaged, CIFAR_10)).hasSize(Cifar10.FEATURES);
      } catch (UnreadableImageException e) {
        assertThat(e).hasMessageStartingWith("found ").hasMessageContaining(", expected ");
        assertThat(e).hasMessageNotContaining("null").hasMessageNotContaining("\n");
      }
    }
  }

  private static void assertUnreadable(byte[] file, String message) {
    assertThatThrownBy(() -> ImageDecoder.pixels(file, CIFAR_10))
        .isInstanceOf(UnreadableImageException.class)
        .hasMessageStartingWith(message);
  }

  private static BufferedImage green(int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(0, 200, 0));
    graphics.fillRect(0, 0, side, side);
    graphics.dispose();
    return image;
  }
}
