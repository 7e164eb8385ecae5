package io.centroid.picture;

/** A file is no image that can be read; the message says what was found and expected. */
public final class UnreadableImageException extends Exception {
  static final String CUT_OFF = "the file is cut off";

  /** Of a file of which a message says what was found and expected. */
  public UnreadableImageException(String message) {
    super(message);
  }

  /** Of a file that is no whole image. */
  static UnreadableImageException damaged(String how) {
    return new UnreadableImageException(
        "found damage (%s), %s".formatted(how, ImageFormat.EXPECTED));
  }

  /** Of a file that takes more memory than there is, which is for this file to say alone. */
  static UnreadableImageException of(OutOfMemoryError failure) {
    return new UnreadableImageException(
        "found too little memory for it (%s), expected up to %d MB for an image. Give executors more memory, or fewer cores"
            .formatted(failure.getMessage(), ImageDecoder.MOST_MEMORY >> 20));
  }
}
