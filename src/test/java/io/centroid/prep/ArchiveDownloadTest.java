package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server on this machine, which does what servers do. */
final class ArchiveDownloadTest {
  private static final byte[] CONTENT = new byte[1_000_000];
  private static final int HALF = CONTENT.length / 2;
  private static final OfficialArchive ARCHIVE;
  private static final String ELSE =
      "give the data with --data PATH, name a mirror with --site URL, or use generated images with"
          + " --stand-in.";

  static {
    new Random(1).nextBytes(CONTENT);
    CONTENT[0] = 0x1f;
    CONTENT[1] = (byte) 0x8b;
    ARCHIVE = new OfficialArchive("images.tar.gz", CONTENT.length, md5(CONTENT));
  }

  @TempDir private Path folder;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final Queue<String> paths = new ConcurrentLinkedQueue<>();
  private final CountDownLatch testIsOver = new CountDownLatch(1);
  private final ExecutorService serverThreads = Executors.newCachedThreadPool();
  private final TestClock clock = new TestClock();
  private HttpServer server;
  private ArchiveCache cache;

  /** Time that passes only where the download waits, and with every look by a fixed time. */
  private static final class TestClock implements TransferPatience.Clock {
    private final List<Duration> pauses = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private Duration look = Duration.ZERO;

    @Override
    public long nanos() {
      return nanos.addAndGet(look.toNanos());
    }

    @Override
    public void pause(Duration pause) {
      pauses.add(pause);
      nanos.addAndGet(pause.toNanos());
    }
  }

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
        .hasSizeBetween(1, 11)
        .last()
        .asString()
        .startsWith("images.tar.gz: 1.0 of 1.0 MB");
  }

  @Test
  void goesThroughTheProxyThatTheEnvironmentNames() throws IOException {
    serve(this::answerRanges);
    URI beyond = URI.create("http://mirror.invalid/");
    Map<String, String> environment = Map.of("http_proxy", site().toString());
    assertThat(download(beyond, environment).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("all");
  }

  @Test
  void saysThatAProxyWantsToKnowWhoAsks() throws IOException {
    serve(exchange -> answer(exchange, 407, new byte[0]));
    URI beyond = URI.create("http://mirror.invalid/");
    ArchiveDownload download = download(beyond, Map.of("http_proxy", site().toString()));
    assertThatThrownBy(() -> download.fetch(ARCHIVE))
        .hasMessage(
            "Cannot download http://mirror.invalid/images.tar.gz: found a proxy that asks for a name and a password (HTTP status 407), expected to be let through. Put both before the host in https_proxy, or give a copy of the data with --data.")
        .asInstanceOf(InstanceOfAssertFactories.type(JobException.class))
        .extracting(JobException::category)
        .isEqualTo(FailureCategory.SETTINGS);
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
    serve(exchange -> answer(exchange, 416, new byte[0]), this::answerRanges);
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
  void goesOnByItselfWhereItWasCut() throws IOException {
    serve(cutAfter(HALF), this::answerRanges);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("all", "bytes=500000-");
    assertThat(clock.pauses).containsExactly(Duration.ofSeconds(1));
    assertThat(said()).contains("found a broken connection (", "going on in 1 s, at 0.5 of 1.0 MB");
  }

  @Test
  void goesOnWhileEachAttemptBringsSomething() throws IOException {
    serve(
        cutAfter(200_000),
        cutAfter(200_000),
        cutAfter(200_000),
        cutAfter(200_000),
        this::answerRanges);
    assertThat(download(patience(2, 60)).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests)
        .containsExactly("all", "bytes=200000-", "bytes=400000-", "bytes=600000-", "bytes=800000-");
  }

  @Test
  void triesAgainAfterGrowingPausesAndKeepsWhatCame() throws IOException {
    serve(cutAfter(HALF), cutAfter(0));
    assertFails(FailureCategory.RESOURCES)
        .hasMessageStartingWith("Cannot download " + address() + ": found ")
        .hasMessageEndingWith(
            "expected the archive. Try again to go on, 500,000 of 1,000,000 bytes are kept, "
                + ELSE);
    assertThat(clock.pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L);
    assertThat(cache.partialFile(ARCHIVE)).hasBinaryContent(Arrays.copyOf(CONTENT, HALF));
  }

  @Test
  void goesOnAfterAnAnswerThatEndsTooEarly() throws IOException {
    // Without a length, so that its end is one by HTTP.
    serve(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(CONTENT, 0, HALF);
          exchange.close();
        },
        this::answerRanges);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("all", "bytes=500000-");
  }

  @Test
  void takesNoMoreThanTheArchiveIsLong() throws IOException {
    serve(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(CONTENT);
          exchange.getResponseBody().write(new byte[HALF]);
          exchange.close();
        });
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void asksAgainAServerThatIsBusy(int status) throws IOException {
    serve(exchange -> answer(exchange, status, new byte[0]), this::answerRanges);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws IOException {
    serve(retryAfter("17"), retryAfter("Fri, 31 Dec 1999 23:59:59 GMT"), this::answerRanges);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(clock.pauses).containsExactly(Duration.ofSeconds(17), Duration.ofSeconds(2));
  }

  @Test
  void doesNotWaitForHours() {
    serve(retryAfter("7200"));
    assertFails(FailureCategory.RESOURCES)
        .hasMessageContaining("found HTTP status 503, to be asked again in 2 h, expected");
    assertThat(clock.pauses).isEmpty();
  }

  @Test
  void saysWhatElseCanBeDoneWhenItIsSlow() throws IOException {
    clock.look = Duration.ofSeconds(10);
    serve(this::answerRanges);
    download(patience(8, 60, Duration.ofSeconds(1))).fetch(ARCHIVE);
    assertThat(said())
        .containsOnlyOnce(
            "This is slow, and goes on. Else: end it, which keeps what came, and " + ELSE)
        .containsPattern("images.tar.gz: 0.\\d of 1.0 MB, \\d+.\\d kB/s, \\d+ (s|min) left");
  }

  @Test
  void saysNothingOfThatWhenItIsQuick() throws IOException {
    serve(this::answerRanges);
    download().fetch(ARCHIVE);
    assertThat(said()).doesNotContain("slow");
  }

  @Test
  void saysSpeedAndTimeLeftNowAndThen() {
    TransferProgress progress =
        new TransferProgress("a", 170_000_000, 0, phases().out(), patience(8, 60), clock);
    for (int second = 1; second <= 60; second++) {
      clock.pause(Duration.ofSeconds(1));
      progress.reached(second * 70_000L);
    }
    assertThat(said().lines())
        .containsExactly(
            "a: 1.4 of 170.0 MB, 70.0 kB/s, 40 min left",
            "a: 2.8 of 170.0 MB, 70.0 kB/s, 40 min left",
            "a: 4.2 of 170.0 MB, 70.0 kB/s, 39 min left");
  }

  /** Not an end of the stream: what a throttling firewall sends. */
  @Test
  void goesOnAfterResetsBeforeAndInTheAnswer() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      Future<?> served =
          serverThreads.submit(
              () -> {
                answer(listening, 0, true);
                answer(listening, HALF, true);
                answer(listening, CONTENT.length, false);
                return null;
              });
      URI site = URI.create("http://localhost:" + listening.getLocalPort() + "/");
      assertThat(download(site).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
      served.get();
    }
    assertThat(said()).contains("found a broken connection (");
  }

  /** Answers one request, up to that byte of the content, and ends or resets its connection. */
  private static void answer(ServerSocket listening, int end, boolean isReset) throws IOException {
    try (Socket connection = listening.accept()) {
      var request =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      int start = 0;
      for (String line = request.readLine(); !line.isEmpty(); line = request.readLine()) {
        if (line.startsWith("Range: bytes=")) {
          start = Integer.parseInt(line.replaceAll("\\D", ""));
        }
      }
      if (end > 0) {
        String headers =
            "HTTP/1.1 206 Part\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\n"
                .formatted(start, CONTENT.length - 1, CONTENT.length, CONTENT.length - start);
        connection.getOutputStream().write(headers.getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().write(CONTENT, start, end - start);
      }
      connection.setSoLinger(isReset, 0);
    }
  }

  @Test
  void givesUpAConnectionThatFallsSilent() throws IOException {
    serve(
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, HALF);
          exchange.getResponseBody().flush();
          awaitTheEnd();
        },
        this::answerRanges);
    assertThat(download(silence(300)).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(said()).contains("found a broken connection (no data for 300 ms)");
  }

  @Test
  void givesUpAServerThatNeverAnswersAfterFewAttempts() {
    serve(exchange -> awaitTheEnd());
    assertThatThrownBy(() -> download(silence(300)).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found no connection (");
    assertThat(requests).hasSize(3);
  }

  @Test
  void waitsForAnAnswerThatBeginsLate() throws IOException {
    serve(exchange -> awaitTheEnd(), this::answerRanges);
    assertThat(download(silence(300)).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @Test
  void keepsNothingOfAnArchiveWithTheWrongSum() throws IOException {
    byte[] other = CONTENT.clone();
    other[HALF] ^= 1;
    serve(exchange -> answer(exchange, 200, other));
    assertFails(FailureCategory.DATA)
        .hasMessage(
            "Cannot use %s: found 1000000 bytes with MD5 %s, expected 1000000 bytes with MD5 %s."
                    .formatted(address(), md5(other), ARCHIVE.md5())
                + " Name another --site, or give the data with --data PATH.");
    assertThat(cache.directory()).isEmptyDirectory();
  }

  @Test
  void fetchesAllOfItAgainWhenThePartsAreOfDifferentFiles() throws IOException {
    serve(this::answerRanges);
    writePartial(new byte[HALF]);
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=500000-", "all");
    assertThat(said()).contains("all of it is fetched again");
  }

  @Test
  void doesNotTakeAFileOfAnotherSize() throws IOException {
    serve(exchange -> answer(exchange, 200, Arrays.copyOf(CONTENT, HALF)));
    writePartial(Arrays.copyOf(CONTENT, HALF / 2));
    assertFails(FailureCategory.DATA)
        .hasMessageContaining("found a file of 500000 bytes in place of 1000000, expected");
    assertThat(cache.partialFile(ARCHIVE)).hasBinaryContent(Arrays.copyOf(CONTENT, HALF / 2));
  }

  @ParameterizedTest
  @CsvSource({
    "'<!DOCTYPE html><title>Log in</title>', text/html, an HTML page",
    "'\n<html>', application/octet-stream, an HTML page",
    "'<?xml version=\"1.0\"?><Error/>', application/xml, an XML document",
    "'Not here', text/plain, something that is no gzip'd file",
  })
  void doesNotTakeAPageForTheArchive(String page, String type, String found) throws IOException {
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", type);
          answer(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
        });
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertFails(FailureCategory.DATA).hasMessageContaining("found " + found + " in its place,");
    assertThat(cache.partialFile(ARCHIVE)).hasBinaryContent(Arrays.copyOf(CONTENT, HALF));
    assertThat(requests).hasSize(1);
  }

  @Test
  void saysWhatToDoWhenTheArchiveIsNotThere() {
    serve(exchange -> answer(exchange, 404, new byte[0]));
    assertFails(FailureCategory.DATA)
        .hasMessage(
            "Cannot download %s: found HTTP status 404, expected the archive. Try again, %s"
                .formatted(address(), ELSE));
    assertThat(requests).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-9/1000000",
        "bytes 500000-999999/2000000",
        "bytes 500001-999999/1000000",
        "nonsense"
      })
  void asksForAllOfItWhenAnotherPartComes(String range) throws IOException {
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", range);
          answer(exchange, 206, new byte[10]);
        },
        this::answerRanges);
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertThat(download().fetch(ARCHIVE)).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=500000-", "all");
  }

  @Test
  void keepsWhatCameWhenAServerWithoutRangesIsCut() throws IOException {
    HttpHandler ignoresRange = cutAfter(HALF / 2, false);
    serve(ignoresRange);
    writePartial(Arrays.copyOf(CONTENT, HALF));
    assertFails(FailureCategory.RESOURCES);
    assertThat(cache.partialFile(ARCHIVE)).hasBinaryContent(Arrays.copyOf(CONTENT, HALF));
    assertThat(requests).hasSize(8);
  }

  @Test
  void endsWhereRedirectsGoInACircle() {
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/data/images.tar.gz");
          answer(exchange, 302, new byte[0]);
        });
    assertFails(FailureCategory.DATA).hasMessageContaining("found HTTP status 302, expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://", "::", "ftp://localhost/images.tar.gz", "http:///x"})
  void endsWhereARedirectLeadsNowhere(String location) {
    serve(
        exchange -> {
          exchange.getResponseHeaders().add("Location", location);
          answer(exchange, 302, new byte[0]);
        });
    assertThatThrownBy(() -> download().fetch(ARCHIVE)).isInstanceOf(JobException.class);
  }

  @Test
  void twoDownloadsDoNotMeet() throws Exception {
    CountDownLatch isServing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    serve(
        exchange -> {
          isServing.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          answerRanges(exchange);
        });
    Future<Path> first = serverThreads.submit(() -> download().fetch(ARCHIVE));
    isServing.await();
    assertFails(FailureCategory.ALREADY_RUNNING)
        .hasMessageStartingWith("Cannot start the download of images.tar.gz: found ");
    goOn.countDown();
    assertThat(first.get()).hasBinaryContent(CONTENT);
    assertThat(requests).hasSize(1);
    try (Stream<Path> files = Files.list(cache.directory())) {
      assertThat(files).containsExactly(cache.file(ARCHIVE));
    }
  }

  @Test
  void takesTheAddressOfTheFileItself() throws IOException {
    serve(this::answerRanges);
    assertThat(download(URI.create(address())).fetch(ARCHIVE)).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mirror", "file:/data", "ftp://host/", "https:///data"})
  void refusesASiteThatIsNoneOfTheWeb(String site) {
    assertThatThrownBy(() -> download(URI.create(site)))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.SETTINGS))
        .hasMessageStartingWith("Cannot download from --site %s: found no http".formatted(site));
  }

  @Test
  void takesThePythonVersionWhereTheSiteHasNoOther() {
    serve(exchange -> answer(exchange, 404, new byte[0]));
    assertThatThrownBy(() -> download().fetch())
        .hasMessageContaining("cifar-10-binary.tar.gz: found HTTP status 404");
    assertThat(paths)
        .containsExactly("/data/cifar-10-binary.tar.gz", "/data/cifar-10-python.tar.gz");
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
    assertThatThrownBy(() -> download(nobodyThere).fetch(ARCHIVE))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.RESOURCES))
        .hasMessage(
            "Cannot download %simages.tar.gz: found no connection (refused), expected the archive. Try again, %s"
                .formatted(nobodyThere, ELSE));
    assertThat(clock.pauses).hasSize(2);
  }

  @Test
  void namesAHostThatNobodyKnows() {
    assertThatThrownBy(() -> download(URI.create("http://archives.invalid/")).fetch(ARCHIVE))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found no connection (unknown host)");
  }

  /** Answers each request by the next of the handlers, the last one answers all further ones. */
  private void serve(HttpHandler... handlers) {
    Queue<HttpHandler> script = new ConcurrentLinkedQueue<>(List.of(handlers));
    server.createContext(
        "/",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          requests.add(range == null ? "all" : range);
          paths.add(exchange.getRequestURI().getPath());
          (script.size() > 1 ? script.remove() : script.element()).handle(exchange);
        });
  }

  private void answerAll(HttpExchange exchange) throws IOException {
    answer(exchange, 200, CONTENT);
  }

  private void answerRanges(HttpExchange exchange) throws IOException {
    int start = startOf(exchange);
    answer(exchange, start == 0 ? 200 : 206, Arrays.copyOfRange(CONTENT, start, CONTENT.length));
  }

  /** The first byte that is asked for; the answer has what HTTP asks it to say of a part. */
  private static int startOf(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      return 0;
    }
    int start = Integer.parseInt(range.replaceAll("\\D", ""));
    exchange
        .getResponseHeaders()
        .add(
            "Content-Range", "bytes %d-%d/%d".formatted(start, CONTENT.length - 1, CONTENT.length));
    return start;
  }

  private static HttpHandler cutAfter(int bytes) {
    return cutAfter(bytes, true);
  }

  private static HttpHandler cutAfter(int bytes, boolean knowsRanges) {
    return exchange -> {
      int start = knowsRanges ? startOf(exchange) : 0;
      exchange.sendResponseHeaders(start == 0 ? 200 : 206, CONTENT.length - start);
      exchange.getResponseBody().write(CONTENT, start, bytes);
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  private static HttpHandler retryAfter(String wish) {
    return exchange -> {
      exchange.getResponseHeaders().add("Retry-After", wish);
      answer(exchange, 503, new byte[0]);
    };
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

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(FailureCategory category) {
    return assertThatThrownBy(() -> download().fetch(ARCHIVE))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  private static TransferPatience patience(int attempts, int silenceSeconds) {
    return patience(attempts, silenceSeconds, Duration.ofMinutes(5));
  }

  private static TransferPatience patience(int attempts, int silenceSeconds, Duration slow) {
    return new TransferPatience(
        Duration.ofSeconds(60),
        Duration.ofSeconds(silenceSeconds),
        3,
        attempts,
        100_000,
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        Duration.ofSeconds(60),
        slow,
        Duration.ofSeconds(20));
  }

  private static TransferPatience silence(int millis) {
    TransferPatience usual = TransferPatience.USUAL;
    return new TransferPatience(
        usual.connect(),
        Duration.ofMillis(millis),
        usual.firstAttempts(),
        usual.attempts(),
        usual.progress(),
        usual.firstPause(),
        usual.longestPause(),
        usual.longestRetryAfter(),
        usual.slowAfter(),
        usual.slow(),
        usual.report());
  }

  private ArchiveDownload download() {
    return download(patience(8, 60));
  }

  private ArchiveDownload download(TransferPatience patience) {
    return new ArchiveDownload(site(), cache, phases(), patience, clock, Map.of());
  }

  private ArchiveDownload download(URI site) {
    return download(site, Map.of());
  }

  private ArchiveDownload download(URI site, Map<String, String> environment) {
    return new ArchiveDownload(site, cache, phases(), patience(8, 60), clock, environment);
  }

  private Phases phases() {
    return new Phases(new PrintStream(console, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return console.toString(StandardCharsets.UTF_8);
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
