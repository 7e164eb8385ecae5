package io.centroid;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** S3Proxy, an S3 server, with its buckets in memory, as a JVM of its own. */
public final class S3Server implements AutoCloseable {
  private static final Path RUNTIME = Built.TARGET.resolve("runtime");
  private static final Pattern STARTED =
      Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)\\}");
  private static final Pattern OBJECT =
      Pattern.compile("<Key>([^<]*)</Key>.*?<LastModified>([^<]*)</LastModified>", Pattern.DOTALL);
  private static final String BUCKET = "centroid";

  private final Process process;
  private final String endpoint;

  private S3Server(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts a server with an empty bucket, and waits until it answers. */
  public static S3Server start(Path directory) throws IOException, InterruptedException {
    Path jar;
    try (Stream<Path> jars = Files.list(RUNTIME.resolve("s3-server"))) {
      jar = jars.findFirst().orElseThrow();
    }
    Path settings = Files.createDirectories(directory).resolve("s3proxy.properties");
    Files.write(
        settings,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:0",
            "s3proxy.authorization=none",
            "s3proxy.ignore-unknown-headers=true",
            "jclouds.provider=transient",
            "jclouds.identity=any",
            "jclouds.credential=any"));
    Path log = directory.resolve("s3proxy.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-jar",
            jar.toString(),
            "--properties",
            settings.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Matcher started = STARTED.matcher("");
    while (process.isAlive() && !started.reset(Files.readString(log)).find()) {
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    if (!process.isAlive()) {
      throw new IOException("Cannot start the S3 server:\n" + Files.readString(log));
    }
    S3Server server = new S3Server(process, "http://127.0.0.1:" + started.group(1));
    server.send("PUT", "/" + BUCKET);
    return server;
  }

  /** A Hadoop path in the bucket. */
  public String path(String key) {
    return "s3a://" + BUCKET + "/" + key;
  }

  /** What the launch scripts need to be told to reach it. */
  public CommandLine arguments() {
    CommandLine arguments = CommandLine.of();
    properties().forEach(line -> arguments.with("--spark-conf", line.replaceFirst(" ", "=")));
    return arguments;
  }

  /** The same as lines of a {@code spark-defaults.conf}. */
  public List<String> properties() {
    return List.of(
        "spark.driver.extraClassPath " + RUNTIME.resolve("s3a") + "/*",
        "spark.hadoop.fs.s3a.endpoint " + endpoint,
        "spark.hadoop.fs.s3a.path.style.access true",
        "spark.hadoop.fs.s3a.access.key any",
        "spark.hadoop.fs.s3a.secret.key any");
  }

  /**
   * Keys of the objects below a prefix, and when they appeared, to the second; without the markers
   * of directories, which newer versions of Hadoop keep.
   */
  public SortedMap<String, Instant> objects(String prefix)
      throws IOException, InterruptedException {
    SortedMap<String, Instant> objects = new TreeMap<>();
    Matcher object = OBJECT.matcher(send("GET", "/" + BUCKET + "?list-type=2&prefix=" + prefix));
    while (object.find()) {
      if (!object.group(1).endsWith("/")) {
        objects.put(object.group(1), Instant.parse(object.group(2)));
      }
    }
    return objects;
  }

  /** Content of an object. */
  public String read(String key) throws IOException, InterruptedException {
    return send("GET", "/" + BUCKET + "/" + key);
  }

  private String send(String method, String address) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(endpoint + address))
                    .method(method, BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("Cannot " + method + " " + address + ": found " + response.body());
    }
    return response.body();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
