package io.centroid.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.data.Cifar10;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageDecoderTest {

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
    assertThat(ImageDecoder.pixels(encoded(image, "png"))).isEqualTo(expected);
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
    byte[] pixels = ImageDecoder.pixels(encoded(image, "png"));
    for (int at = 0; at < pixels.length; at += 3) {
      assertThat(Arrays.copyOfRange(pixels, at, at + 3)).containsExactly(255, 0, 0);
    }
  }

  @Test
  void readsJpeg() throws Exception {
    byte[] pixels = ImageDecoder.pixels(encoded(green(64), "jpg"));
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

  @Test
  void whatWouldNotFitInMemoryIsNotDecoded() throws Exception {
    byte[] header = {'I', 'H', 'D', 'R', 0, 1, (byte) 0x86, (byte) 0xa0, 0, 1, (byte) 0x86};
    ByteBuffer chunk = ByteBuffer.allocate(17).put(header).put((byte) 0xa0);
    chunk.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 checksum = new CRC32();
    checksum.update(chunk.array());
    byte[] file =
        ByteBuffer.allocate(8 + 4 + 17 + 4)
            .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
            .putInt(13)
            .put(chunk.array())
            .putInt((int) checksum.getValue())
            .array();
    assertUnreadable(file, "found 10,000,000,000 pixels, expected at most 100,000,000");
  }

  private static void assertUnreadable(byte[] file, String message) {
    assertThatThrownBy(() -> ImageDecoder.pixels(file))
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

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }
}
