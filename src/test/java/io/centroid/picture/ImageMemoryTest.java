package io.centroid.picture;

import static io.centroid.picture.ImageSamples.encoded;
import static io.centroid.picture.ImageSamples.find;
import static io.centroid.picture.ImageSamples.noise;
import static io.centroid.picture.ImageSamples.patched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.OwnJvm;
import io.centroid.cifar.Cifar10;
import io.centroid.data.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small files of large images. */
final class ImageMemoryTest {
  private static final FeatureShape CIFAR_10 = Cifar10.DATA_SET.shape();

  @TempDir private Path directory;

  /** Prints the first pixel of each image, or why it has none. */
  static final class Decoding {
    private Decoding() {}

    public static void main(String[] files) throws IOException {
      for (String file : files) {
        System.out.println(firstPixel(file));
      }
    }

    private static String firstPixel(String file) throws IOException {
      try {
        byte[] pixels = ImageDecoder.pixels(Files.readAllBytes(Path.of(file)), CIFAR_10);
        return Arrays.toString(Arrays.copyOf(pixels, 3));
      } catch (UnreadableImageException e) {
        return e.getMessage();
      }
    }
  }

  /** The same, of all images at the same time. */
  static final class SideBySide {
    private SideBySide() {}

    public static void main(String[] files) throws Exception {
      ExecutorService tasks = Executors.newFixedThreadPool(files.length);
      List<Future<String>> pixels = new ArrayList<>();
      for (String file : files) {
        pixels.add(tasks.submit(() -> Decoding.firstPixel(file)));
      }
      for (Future<String> pixel : pixels) {
        System.out.println(pixel.get());
      }
      tasks.shutdown();
    }
  }

  @ParameterizedTest
  @CsvSource({"100000, 100000", "65536, 1", "1, 2147483647", "16385, 16384", "0, 5", "-1, 5"})
  void whatIsTooLargeIsNotDecoded(int width, int height) throws Exception {
    byte[] file = ImageSamples.plain(1, 1, 8, 2, new byte[3]);
    file = patched(file, 16, ByteBuffer.allocate(8).putInt(width).putInt(height).array());
    assertUnreadable(
        file,
        width < 1 ? "found " : "found %,d × %,d pixels, expected at most".formatted(width, height));
  }

  /** Passes over the image are added up in memory, all of it. */
  @Test
  void aProgressiveJpegImageThatTakesTooMuchIsNotDecoded() throws Exception {
    byte[] file = ImageSamples.progressive(noise(64, 64, BufferedImage.TYPE_INT_RGB));
    int size = find(file, 0xff, 0xc2) + 5;
    assertUnreadable(
        patched(file, size, 0x3f, 0xff, 0x3f, 0xff),
        "found a progressive JPEG image that takes 767 MB to decode, expected at most 256 MB");
    assertUnreadable(
        patched(file, size, 0xff, 0xff, 0xff, 0xff),
        "found a progressive JPEG image that takes 12,287 MB to decode");
    int scan = find(file, 0xff, 0xda) + 4;
    byte[] sequential = patched(patched(file, size - 4, 0xc0), scan, 1);
    assertUnreadable(
        patched(sequential, size, 0x3f, 0xff, 0x3f, 0xff), "found a progressive JPEG image that");
  }

  /** What a header says of the file's size is what the decoder would ask memory for. */
  @Test
  void aBmpImageThatSaysItIsLargerThanItsFileIsNotDecoded() throws Exception {
    byte[] file = encoded(noise(16, 16, BufferedImage.TYPE_INT_RGB), "bmp");
    assertUnreadable(
        patched(file, 18, 0, 0x20, 0, 0, 0, 0x20), "found damage (the file is cut off)");
    byte[] runs = patched(patched(file, 28, 8), 30, 1);
    assertUnreadable(patched(runs, 34, 0, 0, 0, 0x7f), "found damage (the file is cut off)");
    assertUnreadable(patched(runs, 2, 0, 0, 0, 0xff), "found damage (the file is cut off)");
    assertUnreadable(patched(file, 10, 0, 0, 0, 0x7f), "found damage (the file is cut off)");
    assertUnreadable(patched(file, 30, 4), "found another image in a BMP image, expected pixels");
  }

  /**
   * The heap holds what is allowed for an image and little more: 16-bit RGBA would take 800 MB, a
   * photo with all that resizing needs 290.
   */
  @Test
  void aHundredMegapixelsAreDecodedInBoundedMemory() throws Exception {
    Path deep = directory.resolve("deep.png");
    byte[] pixel = {(byte) 200, (byte) 200, 100, 100, 50, 50, 0, 0};
    Files.write(deep, ImageSamples.plain(10_000, 10_000, 16, 6, pixel));
    Path large = plain(16_384, 1, 2, 3);
    assertThat(Files.size(deep)).isLessThan(8_000_000);
    assertThat(decoded("-Xmx400m", deep, large)).containsExactly("[-56, 100, 50]", "[1, 2, 3]");
  }

  /** The tasks of an executor share its heap, which holds one such image at a time. */
  @Test
  void largeImagesAreDecodedSideBySideOnlyWhereTheyFit() throws Exception {
    Path large = plain(8_000, 1, 2, 3);
    Path small = plain(10, 4, 5, 6);
    assertThat(decoded(SideBySide.class, "-Xmx400m", large, small, large, large, small, large))
        .containsExactly(
            "[1, 2, 3]", "[4, 5, 6]", "[1, 2, 3]", "[1, 2, 3]", "[4, 5, 6]", "[1, 2, 3]");
  }

  /** The picture after one that does not fit is none the worse for it. */
  @Test
  void memoryThatDoesNotSufficeIsTheImagesProblem() throws Exception {
    Path large = plain(5_000, 1, 2, 3);
    Path small = plain(500, 4, 5, 6);
    assertThat(decoded("-Xmx64m", large, small))
        .containsExactly(
            "found too little memory for it (Java heap space), expected up to 256 MB for an image. Give executors more memory, or fewer cores",
            "[4, 5, 6]");
  }

  /** A square image of one colour. */
  private Path plain(int side, int... pixel) throws IOException {
    byte[] bytes = {(byte) pixel[0], (byte) pixel[1], (byte) pixel[2]};
    Path file = directory.resolve(side + ".png");
    return Files.write(file, ImageSamples.plain(side, side, 8, 2, bytes));
  }

  private static List<String> decoded(String heap, Path... files) throws Exception {
    return decoded(Decoding.class, heap, files);
  }

  private static List<String> decoded(Class<?> program, String heap, Path... files)
      throws Exception {
    ProcessBuilder builder =
        OwnJvm.of(program, Map.of(), Arrays.stream(files).map(Path::toString).toList());
    builder.command().replaceAll(option -> option.startsWith("-Xmx") ? heap : option);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out.lines().toList();
  }

  private static void assertUnreadable(byte[] file, String message) {
    assertThatThrownBy(() -> ImageDecoder.pixels(file, CIFAR_10))
        .isInstanceOf(UnreadableImageException.class)
        .hasMessageStartingWith(message);
  }
}
