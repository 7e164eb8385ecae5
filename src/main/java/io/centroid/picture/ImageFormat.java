package io.centroid.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The formats that are decoded, told by what a file begins with; its name does not matter. */
enum ImageFormat {
  PNG {
    @Override
    boolean begins(String head) {
      return head.startsWith("\u0089PNG\r\n\u001a\n");
    }
  },
  JPEG {
    @Override
    boolean begins(String head) {
      return head.startsWith("\u00ff\u00d8\u00ff");
    }
  },
  GIF {
    @Override
    boolean begins(String head) {
      return head.startsWith("GIF87a") || head.startsWith("GIF89a");
    }
  },
  BMP {
    /** Two letters are little; the second header's size tells its version. */
    @Override
    boolean begins(String head) {
      return head.length() == HEAD
          && head.startsWith("BM")
          && BMP_HEADERS.contains((int) head.charAt(14))
          && head.startsWith("\0\0\0", 15);
    }
  };

  /** What messages say that is expected. */
  static final String EXPECTED = "expected a PNG, JPEG, GIF or BMP image";

  private static final int HEAD = 32;

  /** Bytes of the second header: of OS/2, Windows 3 with its later masks, and 4 and 5. */
  private static final Set<Integer> BMP_HEADERS = Set.of(12, 40, 52, 56, 64, 108, 124);

  abstract boolean begins(String head);

  /**
   * The format of a file.
   *
   * @throws UnreadableImageException when it is none of these; the message says what it is, where
   *     that is known
   */
  static ImageFormat of(byte[] file) throws UnreadableImageException {
    String head = new String(file, 0, Math.min(file.length, HEAD), ISO_8859_1);
    for (ImageFormat format : values()) {
      if (format.begins(head)) {
        return format;
      }
    }
    throw new UnreadableImageException("found %s, %s".formatted(other(head), EXPECTED));
  }

  /** What people take for one of these, or rename to it. */
  private static String other(String head) {
    if (head.isEmpty()) {
      return "an empty file";
    }
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return "a WebP image";
    }
    if (head.startsWith("ftyp", 4)) {
      return head.startsWith("avif", 8) ? "an AVIF image" : "a HEIC image or a video";
    }
    if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return "a TIFF image";
    }
    return head.startsWith("%PDF") ? "a PDF document" : "another format";
  }

  /** The JDK's own decoder, whatever others are on the class path. */
  ImageReader reader() {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IllegalStateException(
        "Every JDK decodes %s, but for %s".formatted(Arrays.toString(values()), this));
  }
}
