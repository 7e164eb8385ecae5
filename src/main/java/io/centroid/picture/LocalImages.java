package io.centroid.picture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.DecoderException;
import org.apache.commons.codec.net.PercentCodec;
import org.apache.commons.lang3.StringUtils;

/**
 * Lists a file or directory of the operating system. Links are followed, after all else is listed:
 * what has more than one path is listed by one of them, and the others say by which.
 *
 * <p>Names there are bytes, and Java's text of them is that of the locale, which may have none for
 * them. So locations are URIs, which hold the bytes, and ids their text in UTF-8; a byte that is
 * none is {@code \xE9}.
 */
final class LocalImages extends SimpleFileVisitor<Path> {
  private final ImageListing listing = new ImageListing();
  private final Map<Path, String> idByPath = new HashMap<>();
  private final TreeMap<String, Path> links = new TreeMap<>();

  /** Where the walk under way began, without links. */
  private Path start;

  private String idOfStart;

  private LocalImages() {}

  /**
   * Lists what is at a path.
   *
   * @throws IOException when the path itself cannot be followed
   */
  static ImageListing list(Path path) throws IOException {
    LocalImages images = new LocalImages();
    Path real = path.toRealPath();
    if (!Files.isReadable(real)) {
      throw new AccessDeniedException(real.toString());
    }
    images.walk(Files.isDirectory(real) ? "" : text(path.getFileName()), real);
    while (!images.links.isEmpty()) {
      Map.Entry<String, Path> link = images.links.pollFirstEntry();
      images.follow(link.getKey(), link.getValue());
    }
    return images.listing;
  }

  private void walk(String id, Path real) throws IOException {
    start = real;
    idOfStart = id;
    Files.walkFileTree(real, this);
  }

  private void follow(String id, Path link) throws IOException {
    Path real;
    try {
      real = link.toRealPath();
    } catch (FileSystemException e) {
      listing.failed(id, e);
      return;
    }
    if (link.startsWith(real)) {
      listing.problem(id, "found a link to a directory that it is in, expected a file");
    } else {
      walk(id, real);
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    String id = id(directory);
    if (isHidden(directory)) {
      listing.hidden(id);
      return FileVisitResult.SKIP_SUBTREE;
    }
    return isFirst(directory, id) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    String id = id(file);
    if (isHidden(file)) {
      listing.hidden(id);
    } else if (attributes.isSymbolicLink()) {
      links.put(id, file);
    } else if (!attributes.isRegularFile()) {
      listing.problem(id, "found a pipe, socket or device, expected a file");
    } else if (isFirst(file, id)) {
      listing.file(id, file.toUri().toString());
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) {
    listing.failed(id(file), failure);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
    if (failure != null) {
      listing.failed(id(directory), failure);
    }
    return FileVisitResult.CONTINUE;
  }

  /** Whether this is the first time that something is met; otherwise says so in the listing. */
  private boolean isFirst(Path real, String id) {
    String first = idByPath.putIfAbsent(real, id);
    if (first != null) {
      listing.problem(
          id,
          "found another way to %s, expected a file or directory that is not listed yet"
              .formatted(first.isEmpty() ? "all of this" : first));
    }
    return first == null;
  }

  /** The name in the listing; what a link leads to is not hidden, whatever it is called there. */
  private boolean isHidden(Path path) {
    return !path.equals(start) && ImageListing.isHidden(path.getFileName().toString());
  }

  private String id(Path path) {
    if (path.equals(start)) {
      return idOfStart;
    }
    String below = text(start.relativize(path));
    return idOfStart.isEmpty() ? below : idOfStart + "/" + below;
  }

  /** A relative path as text. */
  private static String text(Path relative) {
    String encoded = relative.getFileSystem().getPath("/").resolve(relative).toUri().getRawPath();
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(new PercentCodec().decode(encoded.getBytes(US_ASCII)));
    } catch (DecoderException e) {
      throw new IllegalStateException("Every URI is encoded: " + encoded, e);
    }
    CharsetDecoder decoder = UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate("\\x00".length() * bytes.remaining());
    CoderResult result = decoder.decode(bytes, text, true);
    while (result.isMalformed()) {
      for (int i = 0; i < result.length(); i++) {
        text.put("\\x%02X".formatted(bytes.get()));
      }
      result = decoder.decode(bytes, text, true);
    }
    return StringUtils.strip(text.flip().toString(), "/");
  }
}
