package io.centroid.prep;

import io.centroid.error.JobException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Downloads an archive of CIFAR-10 into the cache, once, and never leaves a damaged one there.
 *
 * <p>What has arrived is kept in a {@code .part} file, from which the next attempt resumes. It
 * takes the archive's name only after its size and MD5 sum have been checked.
 */
public final class ArchiveDownload {
  /** Where the archives are published. */
  public static final URI OFFICIAL_SITE = URI.create("https://www.cs.toronto.edu/~kriz/");

  /** How long a connection may take to come up, to answer, or to bring the next piece. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final URI site;
  private final ArchiveCache cache;
  private final PrintStream console;
  private final Duration patience;

  /**
   * Prepares a download; nothing happens before {@link #fetch}.
   *
   * @param site the folder with the archives, {@link #OFFICIAL_SITE} or a mirror
   * @param cache where the archive is kept
   * @param console where progress is shown
   * @param patience how long a connection may be silent, usually {@link #PATIENCE}
   */
  public ArchiveDownload(URI site, ArchiveCache cache, PrintStream console, Duration patience) {
    this.site = URI.create(site.toString().replaceFirst("/*$", "/"));
    this.cache = cache;
    this.console = console;
    this.patience = patience;
  }

  /**
   * Takes an archive from the cache, or downloads it.
   *
   * @return the complete, checked file
   * @throws JobException with category DATA when there is no connection, the server does not have
   *     the archive, or what it sends is damaged
   * @throws IOException when the cache cannot be written
   */
  public Path fetch(OfficialArchive archive) throws IOException {
    Optional<Path> cached = cache.find(archive);
    if (cached.isPresent()) {
      return cached.get();
    }
    if (Files.exists(cache.file(archive))) {
      console.printf("%s is damaged and will be replaced%n", cache.file(archive));
    }
    Files.createDirectories(cache.directory());
    Path partial = cache.partialFile(archive);
    if (sizeOf(partial) > archive.bytes()) {
      Files.delete(partial);
    }
    if (sizeOf(partial) < archive.bytes()) {
      download(archive, partial);
    }
    requireIntact(archive, partial);
    return Files.move(
        partial,
        cache.file(archive),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void download(OfficialArchive archive, Path partial) throws IOException {
    URI address = site.resolve(archive.name());
    HttpResponse<StallGuardedBody> response = request(address, sizeOf(partial));
    if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
      // The partial file is not a beginning of what the server has now.
      response.body().close();
      Files.deleteIfExists(partial);
      response = request(address, 0);
    }
    try (StallGuardedBody body = response.body()) {
      switch (response.statusCode()) {
        case OK -> Files.deleteIfExists(partial); // all of it comes, whatever was asked for
        case PARTIAL_CONTENT -> requireStart(response, sizeOf(partial));
        default -> throw unavailable(address, "HTTP status " + response.statusCode(), null);
      }
      append(archive, address, body, partial);
    }
  }

  private HttpResponse<StallGuardedBody> request(URI address, long offset) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience);
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    try {
      return client.send(request.build(), headers -> new StallGuardedBody(patience));
    } catch (IOException e) {
      throw unavailable(address, "no connection (" + reason(e) + ")", e);
    } catch (InterruptedException e) {
      throw interrupted(address, e);
    }
  }

  private static void requireStart(HttpResponse<?> response, long offset) {
    String range = response.headers().firstValue("Content-Range").orElse("no range");
    if (!range.startsWith("bytes " + offset + "-")) {
      throw unavailable(
          response.uri(), "a part of it (%s) other than asked for".formatted(range), null);
    }
  }

  private void append(OfficialArchive archive, URI address, StallGuardedBody body, Path partial)
      throws IOException {
    try (FileChannel file =
            FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        TransferProgress progress =
            TransferProgress.start(archive.name(), archive.bytes(), console)) {
      Optional<List<ByteBuffer>> piece = next(address, body);
      while (piece.isPresent() && file.size() <= archive.bytes()) {
        for (ByteBuffer data : piece.get()) {
          while (data.hasRemaining()) {
            file.write(data);
          }
        }
        progress.reached(file.size());
        piece = next(address, body);
      }
    }
  }

  private static Optional<List<ByteBuffer>> next(URI address, StallGuardedBody body) {
    try {
      return body.next();
    } catch (IOException e) {
      throw unavailable(address, "a broken connection (" + reason(e) + ")", e);
    } catch (InterruptedException e) {
      throw interrupted(address, e);
    }
  }

  private void requireIntact(OfficialArchive archive, Path partial) throws IOException {
    long bytes = sizeOf(partial);
    String md5 = ArchiveCache.md5(partial);
    if (bytes != archive.bytes() || !md5.equals(archive.md5())) {
      Files.delete(partial);
      throw JobException.data(
          ("Cannot use %s: found %d bytes with MD5 %s, expected %d bytes with MD5 %s."
                  + " Try again, or give the data with --data PATH.")
              .formatted(site.resolve(archive.name()), bytes, md5, archive.bytes(), archive.md5()));
    }
  }

  private static JobException unavailable(URI address, String found, IOException cause) {
    return JobException.data(
        ("Cannot download %s: found %s, expected the archive."
                + " Try again, give the data with --data PATH, or use generated images with"
                + " --stand-in.")
            .formatted(address, found),
        cause);
  }

  private static JobException interrupted(URI address, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return JobException.data(
        "Cannot download %s: found an interruption, expected the archive. Try again to resume."
            .formatted(address),
        cause);
  }

  /** The JDK leaves the messages of the two most common failures empty. */
  private static String reason(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "unknown host";
      }
    }
    String otherwise = e instanceof ConnectException ? "refused" : e.getClass().getSimpleName();
    return Objects.requireNonNullElse(e.getMessage(), otherwise);
  }

  private static long sizeOf(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
