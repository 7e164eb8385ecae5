package io.centroid.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Image files, of kinds that cameras and programs write and of kinds that they should not. */
public final class ImageSamples {
  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private ImageSamples() {}

  public static BufferedImage noise(int width, int height, int type) {
    BufferedImage noise = new BufferedImage(width, height, type);
    SplittableRandom random = new SplittableRandom(width);
    for (int i = 0; i < width * height; i++) {
      noise.setRGB(i % width, i / width, random.nextInt() | 0xff000000);
    }
    return noise;
  }

  public static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, out)).isTrue();
    return out.toByteArray();
  }

  static byte[] progressive(BufferedImage image) throws IOException {
    return jpeg(new IIOImage(image, null, null), ImageWriteParam.MODE_DEFAULT);
  }

  /** An image for print, of one colour. */
  static byte[] cmyk(int cyan, int magenta, int yellow, int black) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 40, 40, 4, null);
    for (int i = 0; i < 40 * 40; i++) {
      raster.setPixel(i % 40, i / 40, new int[] {cyan, magenta, yellow, black});
    }
    return jpeg(new IIOImage(raster, null, null), ImageWriteParam.MODE_DISABLED);
  }

  private static byte[] jpeg(IIOImage image, int progressiveMode) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(progressiveMode);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, image, param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static byte[] animated(BufferedImage... frames) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** EXIF data of two entries, of which the second is the orientation. */
  static byte[] exif(int orientation, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 2 * 12 + 4).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(640);
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  /** A JPEG file with EXIF data where cameras put them. */
  static byte[] jpegWith(byte[] exif, byte[] jpeg) {
    ByteBuffer file = ByteBuffer.allocate(jpeg.length + 4 + 6 + exif.length);
    file.put(jpeg, 0, 2).putShort((short) 0xffe1).putShort((short) (2 + 6 + exif.length));
    file.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(exif);
    return file.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** A PNG file with EXIF data before its pixels. */
  static byte[] pngWith(byte[] exif, byte[] png) throws IOException {
    int header = PNG_SIGNATURE.length + 12 + 13;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(png, 0, header);
    chunk("eXIf", exif, file);
    file.write(png, header, png.length - header);
    return file.toByteArray();
  }

  /**
   * A PNG file of one colour, which is small, however large the image is.
   *
   * @param bits of a component, 8 or 16
   * @param colorType as PNG has it: 2 is RGB, 6 RGB with alpha
   * @param pixel all bytes of one pixel
   */
  static byte[] plain(int width, int height, int bits, int colorType, byte[] pixel)
      throws IOException {
    byte[] row = new byte[1 + width * pixel.length];
    for (int at = 1; at < row.length; at++) {
      row[at] = pixel[(at - 1) % pixel.length];
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(data, new Deflater(Deflater.BEST_SPEED), 1 << 16)) {
      for (int y = 0; y < height; y++) {
        out.write(row);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(PNG_SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk("IHDR", header.put((byte) bits).put((byte) colorType).array(), file);
    chunk("IDAT", data.toByteArray(), file);
    chunk("IEND", new byte[0], file);
    return file.toByteArray();
  }

  private static void chunk(String type, byte[] content, ByteArrayOutputStream file)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(content);
    DataOutputStream out = new DataOutputStream(file);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) checksum.getValue());
  }

  /** A file in which some bytes are others, from a place on. */
  static byte[] patched(byte[] file, int at, int... bytes) {
    byte[] narrow = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      narrow[i] = (byte) bytes[i];
    }
    return patched(file, at, narrow);
  }

  static byte[] patched(byte[] file, int at, byte[] bytes) {
    return ByteBuffer.wrap(file.clone()).put(at, bytes).array();
  }

  /** Where some bytes are in a file, the first time. */
  static int find(byte[] file, int... bytes) {
    for (int at = 0; at + bytes.length <= file.length; at++) {
      int same = 0;
      while (same < bytes.length && file[at + same] == (byte) bytes[same]) {
        same++;
      }
      if (same == bytes.length) {
        return at;
      }
    }
    throw new AssertionError("The file has no such bytes");
  }
}
