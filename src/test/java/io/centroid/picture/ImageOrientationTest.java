package io.centroid.picture;

import static io.centroid.picture.ImageSamples.encoded;
import static io.centroid.picture.ImageSamples.exif;
import static io.centroid.picture.ImageSamples.jpegWith;
import static io.centroid.picture.ImageSamples.noise;
import static io.centroid.picture.ImageSamples.pngWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.cifar.Cifar10;
import io.centroid.data.FeatureShape;
import java.awt.image.BufferedImage;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cameras store what their sensor sees, and say in EXIF's orientation how it was held. */
final class ImageOrientationTest {
  private static final FeatureShape CIFAR_10 = Cifar10.DATA_SET.shape();

  /** EXIF 2.32, 4.6.4: where the first row and the first column of the file are in the picture. */
  private enum Held {
    TOP_LEFT(1),
    TOP_RIGHT(2),
    BOTTOM_RIGHT(3),
    BOTTOM_LEFT(4),
    LEFT_TOP(5),
    RIGHT_TOP(6),
    RIGHT_BOTTOM(7),
    LEFT_BOTTOM(8);

    private final int value;

    Held(int value) {
      this.value = value;
    }

    /** The picture as the camera stores it. */
    BufferedImage stored(BufferedImage picture) {
      int width = picture.getWidth();
      int height = picture.getHeight();
      boolean rowsAreColumns = name().startsWith("LEFT") || name().startsWith("RIGHT");
      BufferedImage stored =
          new BufferedImage(
              rowsAreColumns ? height : width,
              rowsAreColumns ? width : height,
              BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int fromLeft = name().contains("LEFT") ? x : width - 1 - x;
          int fromTop = name().contains("TOP") ? y : height - 1 - y;
          stored.setRGB(
              rowsAreColumns ? fromTop : fromLeft,
              rowsAreColumns ? fromLeft : fromTop,
              picture.getRGB(x, y));
        }
      }
      return stored;
    }
  }

  static Stream<Arguments> everyWayAndSize() {
    return Arrays.stream(Held.values())
        .flatMap(
            held ->
                Stream.of(List.of(32, 32), List.of(45, 38), List.of(38, 45), List.of(33, 32))
                    .map(size -> Arguments.of(held, size.get(0), size.get(1))));
  }

  @ParameterizedTest
  @MethodSource("everyWayAndSize")
  void aPngFileIsTurnedToTheVeryPixelsOfTheUprightOne(Held held, int width, int height)
      throws Exception {
    BufferedImage picture = noise(width, height, BufferedImage.TYPE_INT_RGB);
    byte[] expected = ImageDecoder.pixels(encoded(picture, "png"), CIFAR_10);
    byte[] stored = encoded(held.stored(picture), "png");
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      assertThat(ImageDecoder.pixels(pngWith(exif(held.value, order), stored), CIFAR_10))
          .isEqualTo(expected);
    }
  }

  /** JPEG codes blocks of 8 pixels; in plain ones of 16 all is as it was, but for rounding. */
  @ParameterizedTest
  @MethodSource("everyWayAndSize")
  void aJpegFileIsTurned(Held held, int width, int height) throws Exception {
    BufferedImage tiles = noise(width, height, BufferedImage.TYPE_INT_RGB);
    BufferedImage picture = new BufferedImage(16 * width, 16 * height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256 * width * height; i++) {
      int x = i % (16 * width);
      int y = i / (16 * width);
      picture.setRGB(x, y, tiles.getRGB(x / 16, y / 16));
    }
    byte[] expected = ImageDecoder.pixels(encoded(picture, "png"), CIFAR_10);
    byte[] stored = encoded(held.stored(picture), "jpg");
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      byte[] pixels = ImageDecoder.pixels(jpegWith(exif(held.value, order), stored), CIFAR_10);
      assertThat(
              IntStream.range(0, pixels.length)
                  .map(i -> Math.abs((pixels[i] & 0xff) - (expected[i] & 0xff)))
                  .max()
                  .getAsInt())
          .isLessThan(40);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255, -1})
  void anOrientationThatThereIsNotIsUpright(int orientation) throws Exception {
    byte[] png = encoded(noise(40, 32, BufferedImage.TYPE_INT_RGB), "png");
    byte[] told = pngWith(exif(orientation, ByteOrder.BIG_ENDIAN), png);
    assertThat(ImageDecoder.pixels(told, CIFAR_10)).isEqualTo(ImageDecoder.pixels(png, CIFAR_10));
  }

  /** The pixels are whole, so the picture is; viewers show it so. */
  @Test
  void damagedExifDataAreUpright() throws Exception {
    byte[] jpeg = encoded(noise(40, 32, BufferedImage.TYPE_INT_RGB), "jpg");
    byte[] exif = exif(6, ByteOrder.LITTLE_ENDIAN);
    byte[] expected = ImageDecoder.pixels(jpeg, CIFAR_10);
    for (int length = 0; length < 30; length++) {
      assertThat(ImageDecoder.pixels(jpegWith(Arrays.copyOf(exif, length), jpeg), CIFAR_10))
          .isEqualTo(expected);
    }
    byte[] elsewhere = ImageSamples.patched(exif, 4, 0xff, 0xff, 0xff, 0x7f);
    assertThat(ImageDecoder.pixels(jpegWith(elsewhere, jpeg), CIFAR_10)).isEqualTo(expected);
  }

  /** The first EXIF data count, and only they; XMP uses the same marker. */
  @Test
  void otherMetadataDoNotCount() throws Exception {
    byte[] jpeg = encoded(noise(40, 32, BufferedImage.TYPE_INT_RGB), "jpg");
    byte[] turned = ImageDecoder.pixels(jpegWith(exif(6, ByteOrder.BIG_ENDIAN), jpeg), CIFAR_10);
    byte[] twice =
        jpegWith(exif(6, ByteOrder.BIG_ENDIAN), jpegWith(exif(3, ByteOrder.BIG_ENDIAN), jpeg));
    assertThat(ImageDecoder.pixels(twice, CIFAR_10)).isEqualTo(turned);
    byte[] renamed = jpegWith(exif(6, ByteOrder.BIG_ENDIAN), jpeg);
    assertThat(ImageDecoder.pixels(ImageSamples.patched(renamed, 6, 'h', 't', 't', 'p'), CIFAR_10))
        .isEqualTo(ImageDecoder.pixels(jpeg, CIFAR_10));
  }
}
