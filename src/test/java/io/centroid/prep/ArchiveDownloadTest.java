package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveDownloadTest {
  private static final byte[] CONTENT = new byte[1_000_000];
  private static final int HALF = CONTENT.length / 2;
  private static final OfficialArchive ARCHIVE;
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  static {
    new Random(1).nextBytes(CONTENT);
    ARCHIVE = new OfficialArchive("images.tar.gz", CONTENT.length, md5(CONTENT));
  }

  @TempDir private Path folder;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final CountDownLatch testIsOver = new CountDownLatch(1);
  private final ExecutorService serverThreads = Executors.newCachedThreadPool();
  private HttpServer server;
  private ArchiveCache cache;

  @BeforeEach
  void startServer() throws IOException {
    cache = new ArchiveCache(folder.resolve("cache/centroid"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(serverThreads);
    server.start();
  }

  @AfterEach
  void stopServer() {
    testIsOver.countDown();
    server.stop(0);
    serverThreads.shutdown();
  }

  @Test
  void downloadsChecksAndKeepsAnArchive() throws IOException {
    serve(this::answerRanges);
    Path file = download().fetch(ARCHIVE);
    assertThat(file)
        .isEqualTo(cache.directory().resolve("images.tar.gz"))
        .hasBinaryContent(CONTENT);
    assertThat(cache.directory()).isDirectoryNotContaining("glob:**.part");
    assertThat(requests).containsExactly("all");
  }

  @Test
  void showsProgressInPlainLines() throws IOException {
    serve(this::answerRanges);
    download().fetch(ARCHIVE);
    assertThat(console.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSizeBetween(2, 11)
        .last()
        .isEqualTo("images.tar.gz: 1000000 of 1000000 bytes");
  }

  @Test
  void asksNoServerForWhatIsInTheCache() throws IOException {
    Files.createDirectories(cache.directory());
    Files.write(cache.file(ARCHIVE), CONTENT);
    assertThat(download().fetch(ARCHIVE)).isEqualTo(cache.file(ARCHIVE));
    assertThat(requests).isEmpty();
  }

  @Test
  void replacesADamagedFileInTheCache() throws IOException {
    serve(this::answerRanges);
    Files.createDirectories(cache.directory());
    Files.write(cache.file(ARCHIVE), new byte[CONTENT.length]);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .startsWith(cache.file(ARCHIVE) + " is damaged and will be replaced");
  }

  @Test
  void resumesAPartialFile() throws IOException {
    serve(this::answerRanges);
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=500000-");
  }

  @Test
  void startsOverWhenTheServerIgnoresTheRange() throws IOException {
    serve(this::answerAll);
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @Test
  void startsOverWhenTheServerCannotServeTheRange() throws IOException {
    serve(
        exchange -> {
          if (exchange.getRequestHeaders().containsKey("Range")) {
            answer(exchange, 416, new byte[0]);
          } else {
            answer(exchange, 200, CONTENT);
          }
        });
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=500000-", "all");
  }

  @Test
  void finishesAPartialFileThatIsComplete() throws IOException {
    writePartial(CONTENT);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).isEmpty();
  }

  @Test
  void startsOverWhenThePartialFileIsTooLong() throws IOException {
    serve(this::answerRanges);
    writePartial(new byte[CONTENT.length + 1]);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("all");
  }

  @Test
  void resumesAfterTheConnectionBroke() throws IOException {
    serve(this::breakInTheMiddle);
    assertFails()
        .hasMessageStartingWith("Cannot download " + address() + ": found a broken connection (");
    assertThat(cache.partialFile(ARCHIVE)).hasBinaryContent(Arrays.copyOf(CONTENT, HALF));
    server.removeContext("/");
    serve(this::answerRanges);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("all", "bytes=500000-");
  }

  @Test
  void givesUpAConnectionThatFallsSilent() throws IOException {
    serve(
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, HALF);
          exchange.getResponseBody().flush();
          awaitTheEnd();
        });
    assertThatThrownBy(() -> download(Duration.ofMillis(300)).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found a broken connection (no data for 300 ms)");
    assertThat(cache.partialFile(ARCHIVE)).exists();
  }

  @Test
  void givesUpAServerThatNeverAnswers() {
    serve(exchange -> awaitTheEnd());
    assertThatThrownBy(() -> download(Duration.ofMillis(300)).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found no connection (");
  }

  @Test
  void keepsNothingOfAnArchiveWithTheWrongSum() {
    byte[] other = CONTENT.clone();
    other[HALF] ^= 1;
    serve(exchange -> answer(exchange, 200, other));
    assertFails()
        .hasMessage(
            "Cannot use %s: found 1000000 bytes with MD5 %s, expected 1000000 bytes with MD5 %s."
                    .formatted(address(), md5(other), ARCHIVE.md5())
                + " Try again, or give the data with --data PATH.");
    assertThat(cache.directory()).isEmptyDirectory();
  }

  @Test
  void keepsNothingOfAnArchiveOfTheWrongSize() {
    serve(exchange -> answer(exchange, 200, Arrays.copyOf(CONTENT, HALF)));
    assertFails().hasMessageContaining("found 500000 bytes with MD5");
    assertThat(cache.directory()).isEmptyDirectory();
  }

  @Test
  void saysWhatToDoWhenTheArchiveIsNotThere() {
    serve(exchange -> answer(exchange, 404, new byte[0]));
    assertFails()
        .hasMessage(
            "Cannot download %s: found HTTP status 404, expected the archive. Try again, give the"
                    .formatted(address())
                + " data with --data PATH, or use generated images with --stand-in.");
  }

  @Test
  void refusesAnotherPartThanItAskedFor() throws IOException {
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes 0-9/1000000");
          answer(exchange, 206, new byte[10]);
        });
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertFails()
        .hasMessageContaining("found a part of it (bytes 0-9/1000000) other than asked for");
    assertThat(cache.partialFile(ARCHIVE)).hasSize(HALF);
  }

  @Test
  void followsTheServerToAnotherPlace() throws IOException {
    server.createContext("/elsewhere", this::answerRanges);
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere/images.tar.gz");
          answer(exchange, 302, new byte[0]);
        });
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @Test
  void saysWhatToDoWithoutAConnection() {
    URI nobodyThere = site();
    server.stop(0);
    assertThatThrownBy(
            () -> new ArchiveDownload(nobodyThere, cache, console(), GENEROUS).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "Cannot download %simages.tar.gz: found no connection (refused), expected the"
                    .formatted(nobodyThere)
                + " archive. Try again, give the data with --data PATH, or use generated images with"
                + " --stand-in.");
  }

  @Test
  void namesAHostThatNobodyKnows() {
    URI nowhere = URI.create("http://archives.invalid/");
    assertThatThrownBy(
            () -> new ArchiveDownload(nowhere, cache, console(), GENEROUS).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found no connection (unknown host)");
  }

  private void serve(HttpHandler handler) {
    server.createContext(
        "/",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          requests.add(range == null ? "all" : range);
          handler.handle(exchange);
        });
  }

  private void answerAll(HttpExchange exchange) throws IOException {
    answer(exchange, 200, CONTENT);
  }

  private void answerRanges(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      answer(exchange, 200, CONTENT);
      return;
    }
    int start = Integer.parseInt(range.replaceAll("\\D", ""));
    exchange
        .getResponseHeaders()
        .add(
            "Content-Range", "bytes %d-%d/%d".formatted(start, CONTENT.length - 1, CONTENT.length));
    answer(exchange, 206, Arrays.copyOfRange(CONTENT, start, CONTENT.length));
  }

  private void breakInTheMiddle(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, CONTENT.length);
    exchange.getResponseBody().write(CONTENT, 0, HALF);
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void awaitTheEnd() {
    try {
      testIsOver.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writePartial(byte[] content) throws IOException {
    Files.createDirectories(cache.directory());
    Files.write(cache.partialFile(ARCHIVE), content);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails() {
    return assertThatThrownBy(() -> download().fetch(ARCHIVE))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA));
  }

  private ArchiveDownload download() {
    return download(GENEROUS);
  }

  private ArchiveDownload download(Duration patience) {
    return new ArchiveDownload(site(), cache, console(), patience);
  }

  private PrintStream console() {
    return new PrintStream(console, true, StandardCharsets.UTF_8);
  }

  private URI site() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/data/");
  }

  private String address() {
    return site() + "images.tar.gz";
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
