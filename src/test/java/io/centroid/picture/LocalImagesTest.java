package io.centroid.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.centroid.OwnJvm;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a directory is in its listing, once. */
final class LocalImagesTest {
  @TempDir private Path directory;

  /** Prints a listing, what is read of each file, and the reasons, in UTF-8 and on a line each. */
  static final class Listing {
    private Listing() {}

    public static void main(String[] arguments) throws IOException {
      PrintStream out = new PrintStream(System.out, true, UTF_8);
      ImageListing listing;
      try {
        listing = LocalImages.list(Path.of(arguments[0]));
      } catch (AccessDeniedException e) {
        out.println("denied");
        return;
      }
      for (Map.Entry<String, String> file : listing.files().entrySet()) {
        String content;
        try {
          content = Files.readString(Path.of(URI.create(file.getValue())));
        } catch (AccessDeniedException e) {
          content = ImageListing.reason(e);
        }
        out.println(URLEncoder.encode(file.getKey(), UTF_8) + " " + content);
      }
      listing
          .problems()
          .forEach((id, problem) -> out.println(URLEncoder.encode(id, UTF_8) + " " + problem));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:b.jpg",
        "hdfs:b",
        "a,b\"c\".png",
        "two\nlines.png",
        "carriage\rreturn",
        " leading and trailing ",
        "100%.png",
        "%41%zz",
        "a+b&c=d#e?f",
        "[a]{b,c}*?\\.png",
        "Übergröße.png",
        "e\u0301 is two letters",
        "猫.png",
        "😀.png",
        "\u202eright to left",
        "\u00a0\u2028",
        "_DSC0001.JPG",
        "-n",
        "~",
        "$(x)`y`",
        "\u0001\t\u007f",
        "nul",
        "name"
      })
  void aNameIsItsId(String name) throws IOException {
    Files.writeString(directory.resolve(name), "here");
    Path below = Files.createDirectories(directory.resolve("in").resolve(name)).resolve(name);
    Files.writeString(below, "below");
    Map<String, String> files = LocalImages.list(directory).files();
    assertThat(files.keySet()).containsExactlyInAnyOrder(name, "in/" + name + "/" + name);
    assertThat(Path.of(URI.create(files.get(name)))).hasContent("here");
    assertThat(Path.of(URI.create(files.get("in/" + name + "/" + name)))).hasContent("below");
    assertThat(LocalImages.list(below).files().keySet()).containsExactly(name);
  }

  @Test
  void linksAreFollowedAndNothingIsListedTwice() throws IOException {
    Path photos = Files.createDirectories(directory.resolve("photos/2024"));
    Files.writeString(photos.resolve("a.jpg"), "a");
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/album"));
    Files.writeString(elsewhere.resolve("b.jpg"), "b");
    Path root = photos.getParent();
    Files.createSymbolicLink(root.resolve("album"), elsewhere);
    Files.createSymbolicLink(root.resolve("album again"), elsewhere);
    Files.createSymbolicLink(root.resolve("one of the album"), elsewhere.resolve("b.jpg"));
    Files.createSymbolicLink(root.resolve("a"), Path.of("2024/a.jpg"));
    Files.createSymbolicLink(root.resolve("2023"), Path.of("2024"));
    Files.createSymbolicLink(photos.resolve("here"), Path.of("."));
    Files.createSymbolicLink(photos.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(photos.resolve("all"), directory);
    Files.createSymbolicLink(elsewhere.resolve("back"), root);
    Files.createSymbolicLink(elsewhere.resolve("own"), elsewhere);
    Files.createSymbolicLink(root.resolve("self"), Path.of("self"));
    Files.createSymbolicLink(root.resolve("nothing"), Path.of("no such file"));
    ImageListing listing = LocalImages.list(root);
    assertThat(listing.files().keySet()).containsExactly("2024/a.jpg", "album/b.jpg");
    String inIt = "found a link to a directory that it is in, expected a file";
    String again = "found another way to %s, expected a file or directory that is not listed yet";
    assertThat(listing.problems())
        .containsEntry("2023", again.formatted("2024"))
        .containsEntry("2024/all", inIt)
        .containsEntry("2024/here", inIt)
        .containsEntry("2024/up", inIt)
        .containsEntry("a", again.formatted("2024/a.jpg"))
        .containsEntry("album again", again.formatted("album"))
        .containsEntry("album/back", again.formatted("all of this"))
        .containsEntry("album/own", inIt)
        .containsEntry("nothing", "found nothing there, expected a file or directory")
        .containsEntry("one of the album", again.formatted("album/b.jpg"))
        .hasSize(11);
    assertThat(listing.problems().get("self"))
        .startsWith("found Too many levels of symbolic links");
  }

  /** Twenty directories with two links each to the next have a million paths. */
  @Test
  void pathsThatMultiplyAreListedOnce() throws IOException {
    Path last = Files.createDirectories(directory.resolve("out/20"));
    Files.writeString(last.resolve("a"), "a");
    for (int i = 19; i >= 0; i--) {
      Path level = Files.createDirectories(directory.resolve("out/" + i));
      Files.createSymbolicLink(level.resolve("x"), directory.resolve("out/" + (i + 1)));
      Files.createSymbolicLink(level.resolve("y"), directory.resolve("out/" + (i + 1)));
    }
    ImageListing listing = LocalImages.list(directory.resolve("out/0"));
    assertThat(listing.files().keySet()).containsExactly("x/".repeat(20) + "a");
    assertThat(listing.problems()).hasSize(20);
  }

  @Test
  void aHiddenNameIsToldAndNotOpened() throws IOException {
    Path hidden = Files.createDirectories(directory.resolve("in/.thumbnails"));
    Files.writeString(hidden.resolve("a.png"), "a");
    Files.writeString(directory.resolve(".a.png"), "a");
    Files.createSymbolicLink(directory.resolve(".link"), hidden);
    Files.createSymbolicLink(directory.resolve("visible"), hidden);
    ImageListing listing = LocalImages.list(directory);
    assertThat(listing.files().keySet()).containsExactly("visible/a.png");
    assertThat(listing.problems().keySet()).containsExactly(".a.png", ".link", "in/.thumbnails");
    assertThat(listing.problems().values()).allMatch(problem -> problem.contains("hidden name"));
    assertThat(LocalImages.list(hidden.resolve("a.png")).files().keySet()).containsExactly("a.png");
  }

  /** Whoever opens a pipe that nobody writes to waits for ever. */
  @Test
  void whatIsNoFileIsToldAndNotOpened() throws Exception {
    Path pipe = directory.resolve("pipe.jpg");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(directory.resolve("endless.png"), Path.of("/dev/zero"));
    Files.createSymbolicLink(directory.resolve("linked.jpg"), pipe);
    Files.createDirectories(directory.resolve("empty/directories"));
    ImageListing listing = LocalImages.list(directory);
    assertThat(listing.files()).isEmpty();
    assertThat(listing.problems().keySet())
        .containsExactly("endless.png", "linked.jpg", "pipe.jpg");
    assertThat(listing.problems().values())
        .containsOnly("found a pipe, socket or device, expected a file");
    assertThat(LocalImages.list(pipe).problems()).containsOnlyKeys("pipe.jpg");
  }

  /** In the POSIX locale Java has no text for these names; some are none in UTF-8 either. */
  @Test
  void namesThatAreNoTextInTheLocaleAreReadAllTheSame() throws Exception {
    Path root = Files.createDirectory(directory.resolve("photos"));
    shell(
        root,
        """
        e=$(printf '\\303\\251') face=$(printf '\\360\\237\\230\\200')
        mkdir "caf$e" && printf 1 > "caf$e/$face"
        printf 2 > "$(printf '\\351')"
        printf 3 > "a$(printf '\\377\\376')z"
        """);
    for (String locale : List.of("C", "C.UTF-8")) {
      assertThat(listed(List.of(), locale, root))
          .as(locale)
          .containsExactly("%5CxE9 2", "a%5CxFF%5CxFEz 3", "caf%C3%A9%2F%F0%9F%98%80 1");
    }
  }

  @Test
  void whatMayNotBeReadIsTold() throws Exception {
    List<String> asOthers = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) { // who may read everything
      assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
      asOthers.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"));
    }
    Path root = Files.createDirectories(directory.resolve("photos/closed")).getParent();
    Files.writeString(root.resolve("closed/a.jpg"), "a");
    Files.writeString(root.resolve("b.jpg"), "b");
    Files.writeString(root.resolve("c.jpg"), "c");
    shell(root, "chmod 0 closed b.jpg");
    try {
      assertThat(listed(asOthers, "C.UTF-8", root))
          .containsExactly(
              "b.jpg no permission to read it",
              "c.jpg c",
              "closed found no permission to read it, expected a file or directory");
      assertThat(listed(asOthers, "C.UTF-8", root.resolve("closed"))).containsExactly("denied");
    } finally {
      shell(root, "chmod 700 closed");
    }
  }

  /** No system call takes a path of more than 4,096 bytes. */
  @Test
  void whatIsTooDeepToBeOpenedIsTold() throws Exception {
    Path upper = directory.resolve("upper/" + "d".repeat(200) + ("/" + "d".repeat(200)).repeat(14));
    Path lower = directory.resolve("lower/" + "d".repeat(200) + ("/" + "d".repeat(200)).repeat(14));
    Files.createDirectories(upper);
    Files.createDirectories(lower);
    Files.writeString(upper.resolve("a"), "a");
    Files.writeString(lower.resolve("b"), "b");
    Files.move(directory.resolve("lower"), upper.resolve("lower"));
    try {
      ImageListing listing = LocalImages.list(directory);
      assertThat(listing.files()).hasSize(1);
      assertThat(listing.problems().values())
          .containsExactly("found File name too long, expected a file or directory");
    } finally {
      shell(directory, "rm -r upper"); // as the test's own cleaning cannot
    }
  }

  @Test
  void whatIsNotThereIsNoListing() {
    assertThatThrownBy(() -> LocalImages.list(directory.resolve("no such")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static void shell(Path directory, String script) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-ec", script).directory(directory.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  private static List<String> listed(List<String> prefix, String locale, Path root)
      throws Exception {
    ProcessBuilder builder = OwnJvm.of(Listing.class, Map.of(), List.of(root.toString()));
    builder.command().addAll(0, prefix);
    builder.environment().put("LC_ALL", locale);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }
}
