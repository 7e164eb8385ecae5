package io.centroid.prep;

import io.centroid.data.FileKind;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import io.centroid.job.Phases;
import io.centroid.job.Terminal;
import io.centroid.prep.TransferPatience.Clock;
import io.centroid.publish.Lock;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * Downloads an archive of CIFAR-10 into the cache, once, and never leaves a damaged one there.
 *
 * <p>What has arrived is kept in a {@code .part} file, and what is cut is gone on with from there,
 * by itself and by the next one who tries. The file takes the archive's name only after its size
 * and MD5 sum have been checked, so whatever a server answers, nothing else gets there.
 */
public final class ArchiveDownload {
  /** Where the archives are published. */
  public static final URI OFFICIAL_SITE = URI.create("https://www.cs.toronto.edu/~kriz/");

  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  /** Request Timeout, Too Early, Too Many Requests, and a server's failures that pass. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  private static final String ELSE =
      "give the data with --data PATH, name a mirror with --site URL, or use generated images with"
          + " --stand-in";

  private static final String SLOW =
      "This is slow, and goes on. Else: end it, which keeps what came, and " + ELSE + ".";

  private final URI site;
  private final ArchiveCache cache;
  private final Phases phases;
  private final TransferPatience patience;
  private final Clock clock;
  private final Map<String, String> environment;

  /** An attempt that did not bring the whole archive. */
  private static final class FailedAttempt extends Exception {
    private final Why why;
    private final Duration retryAfter;

    /**
     * Creates one.
     *
     * @param retryAfter how long the server wants to be left alone
     */
    FailedAttempt(Why why, String found, Duration retryAfter, Throwable cause) {
      super(found, cause);
      this.why = why;
      this.retryAfter = retryAfter;
    }

    FailedAttempt(Why why, String found) {
      this(why, found, Duration.ZERO, null);
    }
  }

  /** Why an attempt failed, and whether another one may do better. */
  private enum Why {
    /** There was no answer. */
    SILENT,
    /** The answer was cut, or was that it should be tried later. */
    CUT,
    /** The part that came is not the one that was asked for. */
    OTHER_PART,
    /** The server wants to be left alone for longer than anybody waits. */
    LATER,
    /** What came is something else. */
    OTHER_FILE,
    /** A proxy on the way asks who one is. */
    REFUSED
  }

  /**
   * Prepares a download; nothing happens before {@link #fetch}.
   *
   * @param site the folder with the archives, {@link #OFFICIAL_SITE} or a mirror
   * @param cache where the archive is kept
   * @param phases told of progress
   * @throws JobException with category SETTINGS when the site is no address of the web
   */
  public ArchiveDownload(URI site, ArchiveCache cache, Phases phases) {
    this(site, cache, phases, TransferPatience.USUAL, Clock.REAL, System.getenv());
  }

  ArchiveDownload(
      URI site,
      ArchiveCache cache,
      Phases phases,
      TransferPatience patience,
      Clock clock,
      Map<String, String> environment) {
    boolean isWeb =
        String.valueOf(site.getScheme()).matches("(?i)https?") && site.getHost() != null;
    if (!isWeb) {
      throw JobException.settings(
          "Cannot download from --site %s: found no http or https address, expected one such as %s. Give a copy of yours with --data."
              .formatted(site, OFFICIAL_SITE));
    }
    this.site = URI.create(site.toString().replaceFirst("/*$", "/"));
    this.cache = cache;
    this.phases = phases;
    this.patience = patience;
    this.clock = clock;
    this.environment = environment;
  }

  /**
   * Takes either archive from the cache, or downloads the binary version, or, where the site does
   * not have it, the Python version.
   *
   * @return the complete, checked file
   * @throws JobException as {@link #fetch(OfficialArchive)} does
   * @throws IOException when the cache cannot be written
   */
  public Path fetch() throws IOException {
    Optional<Path> cached = cache.find();
    if (cached.isPresent()) {
      return cached.get();
    }
    try {
      return fetch(OfficialArchive.BINARY);
    } catch (JobException binary) {
      if (binary.category() != FailureCategory.DATA) {
        throw binary;
      }
      phases.say("The binary version cannot be had: %s", binary.getMessage());
      phases.say("Trying the Python version, which has the same images");
      try {
        return fetch(OfficialArchive.PYTHON);
      } catch (JobException python) {
        python.addSuppressed(binary);
        throw python.category() == FailureCategory.DATA ? binary : python;
      }
    }
  }

  /**
   * Takes an archive from the cache, or downloads it.
   *
   * @return the complete, checked file
   * @throws JobException with category RESOURCES when there is no connection, or none that lasts;
   *     with category DATA when the server does not have the archive, or what it sends is another;
   *     with category ALREADY_RUNNING while another process downloads it
   * @throws IOException when the cache cannot be written
   */
  public Path fetch(OfficialArchive archive) throws IOException {
    Optional<Path> cached = cache.find(archive);
    if (cached.isPresent()) {
      return cached.get();
    }
    Files.createDirectories(cache.directory());
    var file = new org.apache.hadoop.fs.Path(cache.file(archive).toUri());
    String work = "the download of " + archive.name();
    try (Lock lock = Lock.take(Lock.beside(file), work, new Configuration(), phases)) {
      lock.requireRenewed();
      cached = cache.find(archive); // another may just have got it
      return cached.isPresent() ? cached.get() : download(archive);
    }
  }

  private Path download(OfficialArchive archive) throws IOException {
    if (Files.exists(cache.file(archive))) {
      phases.say("%s is damaged and will be replaced", cache.file(archive));
    }
    Path partial = cache.partialFile(archive);
    if (sizeOf(partial) > archive.bytes()) {
      Files.delete(partial);
    }
    boolean isPatched = sizeOf(partial) > 0;
    try (TransferProgress progress =
        new TransferProgress(
            archive.name(), archive.bytes(), sizeOf(partial), phases.out(), patience, clock)) {
      isPatched |= receive(archive, partial, progress) > 1;
      if (isPatched && !isIntact(archive, partial)) {
        // Parts of different files, perhaps.
        progress.say(
            "The parts of %s do not make it up; all of it is fetched again".formatted(partial));
        Files.delete(partial);
        receive(archive, partial, progress);
      }
    }
    if (!isIntact(archive, partial)) {
      String md5 = ArchiveCache.md5(partial);
      Files.delete(partial);
      throw JobException.data(
          "Cannot use %s: found %d bytes with MD5 %s, expected %d bytes with MD5 %s. Name another --site, or give the data with --data PATH."
              .formatted(address(archive), archive.bytes(), md5, archive.bytes(), archive.md5()));
    }
    return Files.move(
        partial,
        cache.file(archive),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private URI address(OfficialArchive archive) {
    // The file's own address does as well as its folder's.
    String named = site.toString().replaceFirst("/$", "");
    return named.endsWith("/" + archive.name()) ? URI.create(named) : site.resolve(archive.name());
  }

  /**
   * Fills the partial file, in as many attempts as it takes.
   *
   * @return the number of attempts
   */
  private int receive(OfficialArchive archive, Path partial, TransferProgress progress)
      throws IOException {
    boolean isWhole = false; // ranges are not answered as asked
    boolean isAnswered = false;
    int failures = 0;
    for (int attempt = 1; sizeOf(partial) < archive.bytes(); attempt++) {
      long before = sizeOf(partial);
      try {
        receive(archive, partial, isWhole ? 0 : before, progress);
        return attempt;
      } catch (FailedAttempt failed) {
        failures = sizeOf(partial) - before >= patience.progress() ? 1 : failures + 1;
        isWhole |= failed.why == Why.OTHER_PART;
        isAnswered |= failed.why != Why.SILENT;
        boolean isPassing = failed.why.compareTo(Why.LATER) < 0;
        int most = isAnswered ? patience.attempts() : patience.firstAttempts();
        if (!isPassing || failures >= most) {
          throw givenUp(archive, partial, failed);
        }
        Duration pause = patience.pause(failures);
        if (failed.retryAfter.compareTo(pause) > 0) {
          pause = failed.retryAfter;
        }
        progress.say(
            "%s: found %s; going on in %s, at %s"
                .formatted(
                    archive.name(),
                    failed.getMessage(),
                    Terminal.roughly(pause),
                    progress.render()));
        progress.adviseIfSlow(SLOW);
        pause(pause);
      }
    }
    return 1;
  }

  /** One request for what comes from {@code offset} on; comes back when the file is full. */
  private void receive(
      OfficialArchive archive, Path partial, long offset, TransferProgress progress)
      throws IOException, FailedAttempt {
    HttpResponse<StallGuardedBody> response = request(archive, offset);
    try (StallGuardedBody body = response.body()) {
      int status = response.statusCode();
      if (PASSING.contains(status)) {
        Duration retryAfter = retryAfter(response);
        boolean isLong = retryAfter.compareTo(patience.longestRetryAfter()) > 0;
        throw new FailedAttempt(
            isLong ? Why.LATER : Why.CUT,
            "HTTP status %d%s"
                .formatted(
                    status,
                    retryAfter.isZero()
                        ? ""
                        : ", to be asked again in " + Terminal.roughly(retryAfter)),
            retryAfter,
            null);
      }
      if (status == PROXY_AUTHENTICATION_REQUIRED) {
        throw new FailedAttempt(
            Why.REFUSED, "a proxy that asks for a name and a password (HTTP status 407)");
      }
      if (status == RANGE_NOT_SATISFIABLE && offset > 0) {
        throw new FailedAttempt(Why.OTHER_PART, "no part from byte %d on".formatted(offset));
      }
      if (status != OK && status != PARTIAL_CONTENT) {
        throw new FailedAttempt(Why.OTHER_FILE, "HTTP status " + status);
      }
      if (status == PARTIAL_CONTENT) {
        requireStart(response, offset, archive);
      }
      Optional<List<ByteBuffer>> first = next(body);
      boolean isWhole = status == OK || offset == 0; // whatever was asked for
      if (isWhole) {
        requireBeginning(response, first, archive);
      }
      write(archive, body, first, partial, isWhole ? 0 : offset, progress);
    }
  }

  private HttpResponse<StallGuardedBody> request(OfficialArchive archive, long offset)
      throws FailedAttempt {
    HttpClient client =
        EnvironmentProxies.client(address(archive), environment)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(archive)).timeout(patience.silence());
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    try {
      return client.send(request.build(), headers -> new StallGuardedBody(patience.silence()));
    } catch (IOException e) {
      throw silent(e);
    } catch (UncheckedIOException e) { // how a redirect to nowhere ends
      throw silent(e.getCause());
    } catch (IllegalArgumentException e) { // or one to something that is no address
      throw new FailedAttempt(Why.OTHER_FILE, "a redirect to no address", Duration.ZERO, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static FailedAttempt silent(IOException e) {
    return new FailedAttempt(
        Why.SILENT, "no connection (%s)".formatted(reason(e)), Duration.ZERO, e);
  }

  /** How long the server asks to be left alone: seconds, or until when. */
  private static Duration retryAfter(HttpResponse<?> response) {
    String retryAfter = response.headers().firstValue("Retry-After").orElse("0").strip();
    try {
      Duration duration =
          retryAfter.matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(retryAfter))
              : Duration.between(
                  Instant.now(),
                  ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant());
      return duration.isNegative() ? Duration.ZERO : duration;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }

  private static void requireStart(HttpResponse<?> response, long offset, OfficialArchive archive)
      throws FailedAttempt {
    String range = response.headers().firstValue("Content-Range").orElse("no range");
    boolean isAsked = range.matches("bytes %d-\\d+/(%d|\\*)".formatted(offset, archive.bytes()));
    if (!isAsked) {
      throw new FailedAttempt(
          Why.OTHER_PART, "a part of it (%.100s) other than asked for".formatted(range));
    }
  }

  /** Refuses an answer that is another file, such as the page of a network's login. */
  private static void requireBeginning(
      HttpResponse<?> response, Optional<List<ByteBuffer>> first, OfficialArchive archive)
      throws FailedAttempt {
    byte[] start = start(first);
    boolean isGzip =
        start.length == 0 || (start[0] == 0x1f && (start.length == 1 || start[1] == (byte) 0x8b));
    long bytes = response.headers().firstValueAsLong("Content-Length").orElse(archive.bytes());
    boolean isPage =
        response.headers().firstValue("Content-Type").orElse("").startsWith("text/html");
    if (isPage || !isGzip) {
      FileKind kind = isPage ? FileKind.HTML : FileKind.of(start).orElse(null);
      throw new FailedAttempt(
          Why.OTHER_FILE,
          (kind == null ? "something that is no gzip'd file" : kind.found()) + " in its place");
    }
    if (bytes != archive.bytes()) {
      throw new FailedAttempt(
          Why.OTHER_FILE, "a file of %d bytes in place of %d".formatted(bytes, archive.bytes()));
    }
  }

  private static byte[] start(Optional<List<ByteBuffer>> piece) {
    ByteBuffer start = ByteBuffer.allocate(FileKind.START_BYTES);
    for (ByteBuffer data : piece.orElse(List.of())) {
      ByteBuffer copy = data.duplicate();
      copy.limit(copy.position() + Math.min(copy.remaining(), start.remaining()));
      start.put(copy);
    }
    return Arrays.copyOf(start.array(), start.position());
  }

  /** Writes over what is there: if it is the same file it is the same, else the sum tells. */
  private void write(
      OfficialArchive archive,
      StallGuardedBody body,
      Optional<List<ByteBuffer>> first,
      Path partial,
      long start,
      TransferProgress progress)
      throws IOException, FailedAttempt {
    long position = start;
    try (FileChannel file =
        FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Optional<List<ByteBuffer>> piece = first;
      while (piece.isPresent() && position < archive.bytes()) {
        for (ByteBuffer data : piece.get()) {
          data.limit(
              data.position() + (int) Math.min(data.remaining(), archive.bytes() - position));
          while (data.hasRemaining()) {
            position += file.write(data, position);
          }
        }
        progress.reached(position);
        progress.adviseIfSlow(SLOW);
        piece = position < archive.bytes() ? next(body) : Optional.empty();
      }
    }
    if (position < archive.bytes()) {
      throw new FailedAttempt(Why.CUT, "its end after %,d bytes".formatted(position));
    }
  }

  private static Optional<List<ByteBuffer>> next(StallGuardedBody body) throws FailedAttempt {
    try {
      return body.next();
    } catch (IOException e) {
      throw new FailedAttempt(
          Why.CUT, "a broken connection (%s)".formatted(reason(e)), Duration.ZERO, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void pause(Duration pause) {
    try {
      clock.pause(pause);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static boolean isIntact(OfficialArchive archive, Path partial) throws IOException {
    return sizeOf(partial) == archive.bytes() && ArchiveCache.md5(partial).equals(archive.md5());
  }

  private JobException givenUp(OfficialArchive archive, Path partial, FailedAttempt failed)
      throws IOException {
    long there = sizeOf(partial);
    if (failed.why == Why.REFUSED) {
      return new JobException(
          FailureCategory.SETTINGS,
          "Cannot download %s: found %s, expected to be let through. Put both before the host in https_proxy, or give a copy of the data with --data."
              .formatted(address(archive), failed.getMessage()),
          failed);
    }
    return new JobException(
        failed.why == Why.OTHER_FILE ? FailureCategory.DATA : FailureCategory.RESOURCES,
        "Cannot download %s: found %s, expected the archive. %s, %s."
            .formatted(
                address(archive),
                failed.getMessage(),
                there == 0
                    ? "Try again"
                    : "Try again to go on, %,d of %,d bytes are kept"
                        .formatted(there, archive.bytes()),
                ELSE),
        failed);
  }

  private static JobException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new JobException(
        FailureCategory.INTERRUPTED,
        "Cannot go on with the download: found an interruption, expected the archive. Try again to go on.",
        cause);
  }

  /** The JDK leaves the messages of the two most common failures empty. */
  private static String reason(IOException e) {
    if (Reason.cause(e, UnresolvedAddressException.class).isPresent()) {
      return "unknown host";
    }
    return e instanceof ConnectException && e.getMessage() == null ? "refused" : Reason.of(e);
  }

  private static long sizeOf(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
