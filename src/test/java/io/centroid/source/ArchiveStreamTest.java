package io.centroid.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.cifar.CifarFiles;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchiveStreamTest {
  @TempDir private Path folder;
  private Path archive;

  @BeforeEach
  void nameArchive() {
    archive = folder.resolve("archive.tar.gz");
  }

  @Test
  void goesFromFileToFilePastDirectories() throws IOException {
    try (TarArchiveOutputStream tar = CifarFiles.tarGz(archive)) {
      tar.putArchiveEntry(new TarArchiveEntry("folder/"));
      tar.closeArchiveEntry();
      CifarFiles.addFile(tar, "folder/first", new byte[] {1, 2, 3});
      CifarFiles.addFile(tar, "second", new byte[] {4});
    }
    try (ArchiveStream in = open()) {
      assertThat(in.next()).isTrue();
      assertThat(in.member()).isEqualTo("folder/first");
      assertThat(in.memberBytes()).isEqualTo(3);
      assertThat(in.read()).isEqualTo(1);
      assertThat(in.next()).isTrue();
      assertThat(in.readAllBytes()).containsExactly(4);
      assertThat(in.next()).isFalse();
      assertThat(in.finish().bytes()).isEqualTo(Files.size(archive));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "folder/../../data_batch_1.bin",
        "/etc/passwd",
        "C:/x",
        "..\\x"
      })
  void refusesAPathThatLeadsOut(String path) throws IOException {
    writeMember(path, TarConstants.LF_NORMAL);
    assertRefused(
        "Cannot read %s: found a path that leads out of the archive (member %s), expected only files"
                .formatted(archive, path)
            + " and directories. Do not trust this archive.");
  }

  @ParameterizedTest
  @CsvSource({
    "1, a link to /etc/shadow",
    "2, a link to /etc/shadow",
    "3, a device",
    "4, a device",
    "6, a device"
  })
  void refusesLinksAndDevices(char type, String found) throws IOException {
    writeMember("data_batch_1.bin", (byte) type);
    assertRefused(
        "Cannot read %s: found %s (member data_batch_1.bin), expected only files and directories."
                .formatted(archive, found)
            + " Do not trust this archive.");
  }

  @Test
  void namesAGzipFileWithoutATarArchive() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write("a log file, perhaps\n".repeat(100).getBytes(StandardCharsets.UTF_8));
    }
    assertRefused(
        "Cannot read %s: found gzip'd data that are no tar archive, expected CIFAR-10: its .tar.gz archive, or the directory that was extracted from it; or CIFAR-100's or MNIST's files, or a directory of pictures for each class."
                .formatted(archive)
            + " Give the path of one of them.");
  }

  @Test
  void namesAGzipFileThatEndsInItsHeader() throws IOException {
    Files.write(archive, new byte[] {0x1f, (byte) 0x8b, 8});
    assertThatThrownBy(this::open)
        .isInstanceOf(JobException.class)
        .hasMessageContaining("found its end at byte offset 3");
  }

  @Test
  void noticesADamagedHeaderBetweenFiles() throws IOException {
    Path tar = folder.resolve("archive.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      CifarFiles.addFile(out, "first", new byte[512]);
      CifarFiles.addFile(out, "second", new byte[512]);
    }
    byte[] bytes = Files.readAllBytes(tar);
    bytes[1024] ^= 1; // the second member's name
    archive = Files.write(tar, bytes);
    try (ArchiveStream in = open()) {
      assertThat(in.next()).isTrue();
      assertThatThrownBy(in::next)
          .isInstanceOf(JobException.class)
          .hasMessageContaining("found damaged data near byte offset")
          .hasMessageContaining("the checksum of a tar header is wrong");
    }
  }

  /** Zeros compress to a thousandth. */
  @ParameterizedTest
  @CsvSource({
    "1073741824, 'more than 268,[0-9,]+ bytes unpacked from [0-9,]+'",
    "9223372036854775807, 'more than 268,[0-9,]+ bytes unpacked from [0-9,]+'"
  })
  void refusesWhatUnpacksToFarMore(long size, String found) throws IOException {
    writeRaw(header("zeros", '0', size), new byte[1 << 20], 300);
    try (ArchiveStream in = open()) {
      assertThat(in.next()).isTrue();
      assertThatThrownBy(in::next)
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
          .hasMessageMatching("Cannot read \\S+: found " + found + ", expected .*");
    }
  }

  /**
   * Long names are members before the one that they name: of any length, and any number of them.
   */
  @ParameterizedTest
  @CsvSource({"L, 1073741824", "K, 1073741824", "x, 1073741824", "g, 1073741824"})
  void refusesANameThatFillsTheMemory(char type, long size) throws IOException {
    writeRaw(header("long", type, size), "a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8), 64);
    assertFailsWithOneLine();
  }

  @ParameterizedTest
  @ValueSource(chars = {'L', 'x', 'g'})
  void refusesNamesOfNames(char type) throws IOException {
    writeRaw(new byte[0], header("long", type, 0), 100_000);
    assertFailsWithOneLine();
  }

  @Test
  void refusesMembersWithoutEnd() throws IOException {
    writeRaw(new byte[0], header("empty", '0', 0), 100_001);
    try (ArchiveStream in = open()) {
      assertThatThrownBy(
              () -> {
                while (in.next()) {
                  assertThat(in.memberBytes()).isZero();
                }
              })
          .isInstanceOf(JobException.class)
          .hasMessageContaining("found more than 100,000 members");
    }
  }

  @ParameterizedTest
  @ValueSource(chars = {'S', 's'})
  void refusesSparseFiles(char kind) throws IOException {
    byte[] sparse = header("sparse", kind == 'S' ? 'S' : '0', 512);
    if (kind == 's') {
      byte[] pax =
          "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n27 GNU.sparse.realsize=512\n21 GNU.sparse.name=x\n"
              .getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(header("pax", 'x', pax.length));
      out.write(Arrays.copyOf(pax, 512));
      out.write(sparse);
      sparse = out.toByteArray();
    }
    writeRaw(sparse, new byte[512], 1);
    assertFailsWithOneLine();
  }

  private void assertFailsWithOneLine() throws IOException {
    try (ArchiveStream in = open()) {
      assertThatThrownBy(in::next)
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA));
    }
  }

  /** A header with any size and type; what checks such things is not asked. */
  private static byte[] header(String name, char type, long size) {
    byte[] header = new byte[512];
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, header, 0, text.length);
    TarUtils.formatLongOctalOrBinaryBytes(size, header, 124, 12);
    header[156] = (byte) type;
    System.arraycopy("ustar\00000".getBytes(StandardCharsets.UTF_8), 0, header, 257, 8);
    Arrays.fill(header, 148, 156, (byte) ' ');
    TarUtils.formatCheckSumOctalBytes(TarUtils.computeCheckSum(header), header, 148, 8);
    return header;
  }

  private void writeRaw(byte[] first, byte[] rest, int times) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive), 1 << 16)) {
      out.write(first);
      for (int i = 0; i < times; i++) {
        out.write(rest);
      }
    }
  }

  private void writeMember(String path, byte type) throws IOException {
    try (TarArchiveOutputStream tar = CifarFiles.tarGz(archive)) {
      TarArchiveEntry entry = new TarArchiveEntry(path, type, true);
      if (type != TarConstants.LF_NORMAL) {
        entry.setLinkName("/etc/shadow");
      }
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
  }

  private void assertRefused(String message) throws IOException {
    try (ArchiveStream in = open()) {
      assertThatThrownBy(in::next)
          .isInstanceOfSatisfying(
              JobException.class, e -> assertThat(e.category()).isEqualTo(FailureCategory.DATA))
          .hasMessage(message);
    }
  }

  private ArchiveStream open() throws IOException {
    var path = new org.apache.hadoop.fs.Path(archive.toString());
    return ArchiveStream.open(SourceFiles.of(path, new Configuration(false)), path);
  }
}
