package io.centroid.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the JDK's decoders do not tell of a file before they decode it: which way up it is, what
 * they would keep of it in memory all at once, and whether all of it is there.
 *
 * @param orientation 1 to 8, as EXIF counts: 1 is upright, and from 5 on the file's rows are
 *     columns of the picture
 * @param buffered bytes that the decoder keeps outside of the image that it makes: of a progressive
 *     JPEG all coefficients, which come in several passes over the image
 */
record ImageHeader(int orientation, long buffered) {
  private static final String EXIF = "Exif\0\0";
  private static final int UPRIGHT = 1;

  private static final int COEFFICIENT_BYTES = 2;
  private static final int JPEG_FRAME = 0xc0;
  private static final int JPEG_LAST_FRAME = 0xcf;
  private static final int JPEG_END = 0xd9;
  private static final int JPEG_SCAN = 0xda;
  private static final int JPEG_EXIF = 0xe1;

  private static final short EXIF_ORIENTATION = 0x0112;
  private static final short EXIF_SHORT = 3;

  private static final int BMP_CORE_HEADER = 12;
  private static final int BMP_MASKS = 3;
  private static final int BMP_EMBEDDED = 4;

  /**
   * Reads it.
   *
   * @throws UnreadableImageException when the file is cut off, or of a kind that is not decoded
   */
  static ImageHeader of(ImageFormat format, byte[] file) throws UnreadableImageException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    try {
      return switch (format) {
        case PNG -> png(bytes);
        case JPEG -> jpeg(bytes);
        case BMP -> bmp(bytes.order(ByteOrder.LITTLE_ENDIAN));
        case GIF -> new ImageHeader(UPRIGHT, 0);
      };
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw UnreadableImageException.damaged(UnreadableImageException.CUT_OFF);
    }
  }

  boolean isTransposed() {
    return orientation >= 5;
  }

  /** Whether columns of the file run from right to left. */
  boolean isReversedAcross() {
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  }

  /** Whether rows of the file run from the bottom up. */
  boolean isReversedDown() {
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  }

  /** PNG specification, third edition: chunks, eXIf. */
  private static ImageHeader png(ByteBuffer bytes) {
    bytes.position(8);
    int orientation = UPRIGHT;
    String type;
    do {
      int length = bytes.getInt();
      type = text(bytes, 4);
      ByteBuffer content = next(bytes, length);
      if (type.equals("eXIf")) {
        orientation = orientation(content);
      }
      bytes.position(Math.min(bytes.position() + 4, bytes.limit())); // its checksum
    } while (!type.equals("IEND"));
    return new ImageHeader(orientation, 0);
  }

  /** ITU T.81, annex B: markers up to the first scan. Exif 2.32, 4.7.2: its marker segment. */
  private static ImageHeader jpeg(ByteBuffer bytes) throws UnreadableImageException {
    bytes.position(2);
    int orientation = 0;
    int frame = 0;
    ByteBuffer components = ByteBuffer.allocate(0);
    while (true) {
      int marker = nextMarker(bytes);
      if (marker == JPEG_END) {
        throw UnreadableImageException.damaged(UnreadableImageException.CUT_OFF);
      }
      ByteBuffer segment = next(bytes, Short.toUnsignedInt(bytes.getShort()) - 2);
      if (marker == JPEG_EXIF && orientation == 0 && text(segment, EXIF.length()).equals(EXIF)) {
        orientation = orientation(segment.slice());
      } else if (isFrame(marker)) {
        frame = marker;
        components = segment;
      } else if (marker == JPEG_SCAN) {
        boolean isOnlyScan = segment.get(0) == components.get(5) && !isProgressive(frame);
        return new ImageHeader(
            Math.max(orientation, UPRIGHT), isOnlyScan ? 0 : coefficients(components));
      }
    }
  }

  /** As libjpeg finds it: what is between segments is passed over, and so are fill bytes. */
  private static int nextMarker(ByteBuffer bytes) {
    while (true) {
      while (bytes.get() != (byte) 0xff) {}
      int marker = 0xff;
      while (marker == 0xff) {
        marker = Byte.toUnsignedInt(bytes.get());
      }
      boolean isAlone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
      if (!isAlone) {
        return marker;
      }
    }
  }

  /** All from SOF0 to SOF15, but for tables of Huffman codes, arithmetic coding, and extensions. */
  private static boolean isFrame(int marker) {
    return marker >= JPEG_FRAME
        && marker <= JPEG_LAST_FRAME
        && marker != 0xc4
        && marker != 0xc8
        && marker != 0xcc;
  }

  private static boolean isProgressive(int frame) {
    return (frame & 0x03) == 2;
  }

  /** Bytes of all coefficients of a frame. */
  private static long coefficients(ByteBuffer frame) {
    long pixels =
        (long) Short.toUnsignedInt(frame.getShort(1)) * Short.toUnsignedInt(frame.getShort(3));
    long sum = 0;
    long across = 1;
    long down = 1;
    for (int c = 0; c < frame.get(5); c++) {
      int factors = frame.get(7 + 3 * c);
      long h = (factors >> 4) & 0xf;
      long v = factors & 0xf;
      sum += h * v;
      across = Math.max(across, h);
      down = Math.max(down, v);
    }
    return COEFFICIENT_BYTES * pixels * sum / (across * down);
  }

  /** Microsoft's BITMAPFILEHEADER, BITMAPCOREHEADER and BITMAPINFOHEADER. */
  private static ImageHeader bmp(ByteBuffer bytes) throws UnreadableImageException {
    long end = Integer.toUnsignedLong(bytes.getInt(2));
    long pixels = Integer.toUnsignedLong(bytes.getInt(10));
    boolean isCore = bytes.getInt(14) == BMP_CORE_HEADER;
    long width = isCore ? bytes.getShort(18) : bytes.getInt(18);
    long height = Math.abs(isCore ? bytes.getShort(20) : (long) bytes.getInt(22));
    int bits = bytes.getShort(isCore ? 24 : 28);
    int compression = isCore ? 0 : bytes.getInt(30);
    if (compression < 0 || compression >= BMP_EMBEDDED) {
      throw new UnreadableImageException(
          "found another image in a BMP image, expected pixels. Convert it");
    }
    if (compression == 0 || compression == BMP_MASKS) {
      long row = (width * bits + Byte.SIZE - 1) / Byte.SIZE;
      end = pixels + (height - 1) * ((row + 3) / 4 * 4) + row;
    } else {
      end = Math.max(end, pixels + Integer.toUnsignedLong(bytes.getInt(34)));
    }
    if (pixels > bytes.limit() || end > bytes.limit()) {
      throw UnreadableImageException.damaged(UnreadableImageException.CUT_OFF);
    }
    return new ImageHeader(UPRIGHT, 0);
  }

  /**
   * The orientation that EXIF data tell in their first directory (TIFF 6.0, section 2), which is
   * all that is read of them; upright where they tell none that there is, as viewers have it.
   */
  private static int orientation(ByteBuffer exif) {
    try {
      int start = text(exif.duplicate(), EXIF.length()).equals(EXIF) ? EXIF.length() : 0;
      ByteBuffer tiff = exif.slice(start, exif.limit() - start);
      String order = text(tiff, 2);
      tiff.order(order.equals("II") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = tiff.getInt(4);
      int entries = Short.toUnsignedInt(tiff.getShort(directory));
      for (int entry = directory + 2; entries > 0; entries--, entry += 12) {
        if (tiff.getShort(entry) == EXIF_ORIENTATION && tiff.getShort(entry + 2) == EXIF_SHORT) {
          int orientation = tiff.getShort(entry + 8);
          return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
        }
      }
      return UPRIGHT;
    } catch (IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }

  /** The next bytes, and passes over them. */
  private static ByteBuffer next(ByteBuffer bytes, int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer content = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    return content;
  }

  /** The next bytes as characters, and passes over them; fewer where the end comes first. */
  private static String text(ByteBuffer bytes, int length) {
    byte[] text = new byte[Math.min(length, bytes.remaining())];
    bytes.get(text);
    return new String(text, ISO_8859_1);
  }
}
