package io.centroid.cifar;

import static io.centroid.cifar.Cifar10.CHANNELS;
import static io.centroid.cifar.Cifar10.PLANE;

/** The two orders in which images keep their pixels. */
final class Pixels {
  private Pixels() {}

  /**
   * Turns channel × height × width, as CIFAR-10's files have it, into height × width × channel.
   *
   * @param planes holds the image's three planes, red, green, blue
   * @param offset where they start
   * @param pixels {@code byte[3072]}, overwritten
   */
  static void interleave(byte[] planes, int offset, byte[] pixels) {
    int green = offset + PLANE;
    int blue = green + PLANE;
    for (int i = 0, out = 0; i < PLANE; i++, out += CHANNELS) {
      pixels[out] = planes[offset + i];
      pixels[out + 1] = planes[green + i];
      pixels[out + 2] = planes[blue + i];
    }
  }
}
