package io.centroid.picture;

import javax.imageio.stream.ImageInputStreamImpl;

/** A file in memory as decoders read it; the JDK's own streams would copy it, to disk or memory. */
final class ImageBytes extends ImageInputStreamImpl {
  private final byte[] file;

  ImageBytes(byte[] file) {
    this.file = file;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < file.length ? file[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    bitOffset = 0;
    if (streamPos >= file.length && length > 0) {
      return -1;
    }
    int count = (int) Math.min(length, Math.max(0, file.length - streamPos));
    if (count > 0) {
      System.arraycopy(file, (int) streamPos, bytes, offset, count);
      streamPos += count;
    }
    return count;
  }

  @Override
  public long length() {
    return file.length;
  }
}
