package io.centroid.report;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, driven by the chromedriver that was installed with it. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ChromeDriver driver;
  private final String axe;

  private Browser(ChromeDriver driver, String axe) {
    this.driver = driver;
    this.axe = axe;
  }

  /** Opens one; nothing where chromium or chromedriver is not on the PATH. */
  static Optional<Browser> open() throws IOException {
    Optional<Path> chromium = onPath("chromium").or(() -> onPath("google-chrome"));
    Optional<Path> chromedriver = onPath("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      return Optional.empty();
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get().toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.get().toFile())
            .usingAnyFreePort()
            .build();
    try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
      String axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(new Browser(new ChromeDriver(service, options), axe));
    }
  }

  /** Opens a page from a file as a screen of this width shows it. */
  void show(Path page, int width, String colourScheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colourScheme))));
    driver.manage().logs().get(LogType.BROWSER);
    driver.manage().logs().get(LogType.PERFORMANCE);
    driver.get(page.toUri().toString());
  }

  /** What the console says. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::toString)
        .toList();
  }

  /** Addresses of everything that was asked for since the page was opened. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> parse(entry.getMessage()).path("message"))
        .filter(event -> event.path("method").asText().equals("Network.requestWillBeSent"))
        .map(event -> event.at("/params/request/url").asText())
        .toList();
  }

  /** Result of a script. */
  Object run(String script) {
    return driver.executeScript(script);
  }

  /** What breaks the Web Content Accessibility Guidelines 2.1 AA: rule and element, by axe. */
  List<String> accessibilityProblems() {
    driver.executeScript(axe);
    Object result =
        driver.executeAsyncScript(
            "const done = arguments[0];"
                + "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
                + ".then(found => done(JSON.stringify(found.violations)));");
    return StreamSupport.stream(parse((String) result).spliterator(), false)
        .flatMap(
            rule ->
                StreamSupport.stream(rule.get("nodes").spliterator(), false)
                    .map(node -> rule.get("id").asText() + ": " + node.get("html").asText()))
        .toList();
  }

  /** A picture of the whole page. */
  void screenshot(Path file) throws IOException {
    Object height = driver.executeScript("return document.documentElement.scrollHeight");
    Object width = driver.executeScript("return document.documentElement.clientWidth");
    Map<String, Object> clip =
        Stream.of(
                Map.entry("x", 0),
                Map.entry("y", 0),
                Map.entry("width", width),
                Map.entry("height", height),
                Map.entry("scale", 1))
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    Object picture =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of("format", "png", "captureBeyondViewport", true, "clip", clip))
            .get("data");
    Files.write(file, OutputType.BYTES.convertFromBase64Png((String) picture));
  }

  /** The page as it is printed, a PDF file. */
  byte[] print() {
    Object pdf =
        driver.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true)).get("data");
    return Base64.getDecoder().decode((String) pdf);
  }

  @Override
  public void close() {
    driver.quit();
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
