package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.cifar.Cifar10;
import io.centroid.config.Settings;
import io.centroid.data.Normalization;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model files: ours, damaged, and of people who mean harm. */
final class ModelFileTest {
  private static final ModelCard CARD =
      new ModelCard(
          "CIFAR-10",
          Cifar10.CLASS_NAMES,
          List.of(32, 32, 3),
          Normalization.UNIT,
          List.of(0.5, 0.5, 0.5),
          List.of(0.2, 0.2, 0.2),
          null);

  private static byte[] small;

  @TempDir private Path directory;

  @BeforeAll
  static void write() throws IOException {
    small = bytes("network.kind=channel-dense", "network.hidden-widths=[1]");
    System.clearProperty(Tripwire.SPRUNG);
  }

  /** Of all that settings can say of a network, what decides its predictions comes back. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "network.hidden-widths=[]",
        "network.hidden-widths=[3]",
        "network.hidden-widths=[7,5,4] network.activations=[tanh,leaky-relu,identity]"
            + " network.alpha=0.3",
        "network.hidden-widths=[4,2] network.activations=[sigmoid] network.dropout=0.4",
        "network.kind=channel-dense network.hidden-widths=[2,3] network.activations=[leaky-relu]",
        "network.hidden-widths=[2] training.update-rule=nesterov training.l2=0.1 training.seed=9",
        "network.hidden-widths=[2] training.update-rule=sgd training.weight-decay=0.1",
        "network.kind=channel-dense network.hidden-widths=[2] network.dropout=0.9"
            + " training.learning-rate=0.25 training.clip-norm=1",
      })
  void whatIsWrittenIsReadBack(String settings) throws IOException {
    MultiLayerNetwork network = network(settings.split(" "));
    network.setIterationCount(5);
    ModelFile.Model model = read(bytes(network));
    assertThat(model.card()).isEqualTo(CARD);
    assertThat(model.parameters()).containsExactly(FlatParameters.read(network.params()));
    MultiLayerNetwork again = Networks.initialized(model.network());
    FlatParameters.write(model.parameters(), again.params());
    org.nd4j.linalg.api.ndarray.INDArray images =
        org.nd4j.linalg.factory.Nd4j.rand(
            settings.contains("channel") ? new int[] {2, 32, 32, 3} : new int[] {2, 3072});
    assertThat(again.output(images)).isEqualTo(network.output(images));
  }

  @Test
  void noOtherClassIsLookedAt() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(object)) {
      out.writeObject(new Tripwire());
    }
    System.clearProperty(Tripwire.SPRUNG);
    for (String name : List.of("preprocessor.bin", "normalizer.bin", "updater.bin", "x")) {
      Map<String, byte[]> entries = entries(small);
      entries.put(name, object.toByteArray());
      assertRefused(zip(entries), "found an entry " + name);
    }
    for (String[] change :
        new String[][] {
          {"org.deeplearning4j.nn.conf.layers.ConvolutionLayer", Tripwire.class.getName()},
          {"org.deeplearning4j.nn.conf.layers.OutputLayer", Tripwire.class.getName()},
          {"org.nd4j.linalg.activations.impl.ActivationReLU", Tripwire.class.getName()},
          {"org.nd4j.linalg.activations.impl.ActivationSoftmax", Tripwire.class.getName()},
          {"org.nd4j.linalg.learning.config.Adam", Tripwire.class.getName()},
          {"\"idropout\" : null", "\"idropout\" : {\"@class\": \"" + "Tripwire" + "\"}"},
          {"\"constraints\" : null", "\"constraints\" : [{\"@class\": \"java.net.URL\"}]"},
        }) {
      byte[] changed = withConfiguration(change[0], change[1]);
      try {
        read(changed); // what only trains is not looked at
      } catch (JobException e) {
        assertThat(e.category()).isEqualTo(FailureCategory.DATA);
      }
    }
    // Of evidence that it would have told.
    assertThat(System.getProperty(Tripwire.SPRUNG)).isNull();
    assertThat(new Tripwire()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"hasBias\" : true|\"hasBias\" : false",
        "\"nout\" : 10|\"nout\" : 11",
        "\"nout\" : 1,|\"nout\" : 2,",
        "\"nin\" : 3,|\"nin\" : 4,",
        "\"negativeSlope\" : null|\"negativeSlope\" : 0.5",
        "\"dataType\" : \"FLOAT\"|\"dataType\" : \"DOUBLE\"",
        "ActivationSoftmax|ActivationIdentity",
        "LossMCXENT|LossMSE",
        "\"confs\"|\"conf\"",
        "\"confs\"|\"confs\" : 1, \"c\"",
        "\"layer\" :|\"layers\" :",
        "\"inputHeight\" : 32|\"inputHeight\" : 64",
        "\"@class\"|\"class\"",
      })
  void anotherNetworkIsRefused(String change) throws IOException {
    String[] parts = change.split("\\|");
    assertRefused(withConfiguration(parts[0], parts[1]), "Cannot read model ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "3",
        "{}",
        "{\"confs\":[]}",
        "{\"confs\":[{}]}",
        "{\"confs\":[{\"layer\":3},{\"layer\":null}]}",
        "{}{}",
        "\ud83d\ude00",
      })
  void otherJsonIsRefused(String json) throws IOException {
    for (String name : List.of("configuration.json", "centroid.json")) {
      Map<String, byte[]> entries = entries(small);
      entries.put(name, json.getBytes(StandardCharsets.UTF_8));
      assertRefused(zip(entries), "Cannot read model ");
    }
  }

  @Test
  void hugeAndDeepJsonIsRefused() throws IOException {
    for (String json :
        List.of(
            "[".repeat(500_000),
            "{\"confs\":".repeat(100_000),
            "{\"confs\":1" + "0".repeat(500_000) + "}",
            "{\"confs\":[{\"layer\":{\"nout\":1e999999999}},{}]}",
            " ".repeat(1 << 20) + "{}")) {
      for (String name : List.of("configuration.json", "centroid.json")) {
        Map<String, byte[]> entries = entries(small);
        entries.put(name, json.getBytes(StandardCharsets.UTF_8));
        assertRefused(zip(entries), "Cannot read model ");
      }
    }
  }

  @Test
  void aCardOfSomethingElseIsRefused() throws IOException {
    for (String[] change :
        new String[][] {
          {"CIFAR-10", "\\u001b[2J"},
          {"\"airplane\", ", ""},
          {"\"airplane\"", "\"automobile\""},
          {"32, 32", "32, 33"},
          {"\"unit\"", "\"sometimes\""},
          {"\"unit\"", "null"},
          {"\"mean\" : [ 0.5", "\"mean\" : [ 1e400"},
          {"\"mean\" : [ 0.5,", "\"mean\" : ["},
          {"\"deviation\" : [ 0.2", "\"deviation\" : [ -0.2"},
          {"\"dataset\"", "\"dataset\" : \"CIFAR-10\", \"dataset\""},
          {"\"dataset\"", "\"more\" : 1, \"dataset\""},
        }) {
      Map<String, byte[]> entries = entries(small);
      String card = new String(entries.get("centroid.json"), StandardCharsets.UTF_8);
      assertThat(card).contains(change[0]);
      entries.put(
          "centroid.json", card.replace(change[0], change[1]).getBytes(StandardCharsets.UTF_8));
      assertRefused(zip(entries), "Cannot read model ");
    }
  }

  @Test
  void lengthsAreNotBelieved() throws IOException {
    byte[] whole = entries(small).get("coefficients.bin");
    int count = Math.toIntExact(ByteBuffer.wrap(whole).getLong(18 + 8 + 6 + 8));
    assertThat(whole).hasSize(18 + 8 + 6 + 6 * 8 + 18 + 8 + 7 + 4 * count);
    for (long length : new long[] {-1, 0, count - 1, count + 1, 1L << 31, Long.MAX_VALUE}) {
      for (int at : new int[] {18, 18 + 8 + 6 + 8, 18 + 8 + 6 + 6 * 8 + 18}) {
        byte[] lying = whole.clone();
        ByteBuffer.wrap(lying).putLong(at, length);
        assertCoefficientsRefused(lying);
      }
    }
    assertCoefficientsRefused(Arrays.copyOf(whole, whole.length + 1));
    assertCoefficientsRefused(Arrays.copyOf(whole, whole.length - 1));
    assertCoefficientsRefused(new byte[0]);
    for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      byte[] wild = whole.clone();
      ByteBuffer.wrap(wild).putFloat(wild.length - 4, value);
      assertCoefficientsRefused(wild);
    }
  }

  /** A network of 2.5 GB in a file of a few kilobytes, first with, then without its zeros. */
  @Test
  void nothingIsAllocatedForWhatIsNotThere() throws IOException {
    Map<String, byte[]> entries = entries(bytes("network.hidden-widths=[1,1]"));
    String configuration = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    entries.put(
        "configuration.json",
        configuration
            .replace("\"nout\" : 1,", "\"nout\" : 100000,")
            .replace("\"nin\" : 1,", "\"nin\" : 100000,")
            .getBytes(StandardCharsets.UTF_8));
    entries.put("coefficients.bin", header(10_308_400_010L));
    assertRefused(
        zip(entries), "found a network of 10,308,400,010 parameters, which are not in it");
    entries.put("coefficients.bin", new byte[30_000_000]);
    assertRefused(zip(entries), "found entries of more than 100 times the file's length");
  }

  @Test
  void onlyAnArchiveOfThisFormIsRead() throws IOException {
    Map<String, byte[]> entries = entries(small);
    for (String name : List.of("configuration.json", "coefficients.bin", "centroid.json")) {
      Map<String, byte[]> fewer = new LinkedHashMap<>(entries);
      fewer.remove(name);
      assertRefused(zip(fewer), "found no entry " + name);
    }
    for (String name :
        List.of(
            "../../evil", "/etc/passwd", "configuration.json/", "a\u001b[2Jb", "n".repeat(999))) {
      Map<String, byte[]> more = new LinkedHashMap<>(entries);
      more.put(name, new byte[1]);
      assertRefused(zip(more), "found an entry ");
    }
    // The same name twice, which ZipOutputStream writes only under another one.
    Map<String, byte[]> twice = new LinkedHashMap<>(entries);
    twice.put("Coefficients.bin", entries.get("coefficients.bin"));
    byte[] renamed =
        new String(zip(twice), StandardCharsets.ISO_8859_1)
            .replace("Coefficients.bin", "coefficients.bin")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(renamed, "found a second entry coefficients.bin");
    byte[] encrypted = small.clone();
    encrypted[6] |= 1;
    assertRefused(encrypted, "encrypted");
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(many)) {
      for (int i = 0; i < 70_000; i++) {
        zip.putNextEntry(new ZipEntry("e" + i));
      }
    }
    assertRefused(many.toByteArray(), "Cannot read model ");
    for (byte[] other :
        List.of(
            new byte[0],
            new byte[21],
            new byte[22],
            new byte[100_000],
            "PK".getBytes(StandardCharsets.US_ASCII))) {
      assertRefused(other, "found no zip archive, or not all of one");
    }
  }

  /** A model that somebody packed again, in another order and without compression, is the same. */
  @Test
  void anotherPackingIsTheSameModel() throws IOException {
    Map<String, byte[]> entries = entries(small);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("coefficients.bin", "centroid.json", "configuration.json")) {
        ZipEntry entry = new ZipEntry(name);
        CRC32 checksum = new CRC32();
        checksum.update(entries.get(name));
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(entries.get(name).length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(entries.get(name));
      }
    }
    assertSame(read(bytes.toByteArray()), read(small));
  }

  /**
   * Every cut, a damaged bit in every byte of what describes the archive and in samples of the
   * rest, and a longer file: refused in one line, or the same model. Never another.
   */
  @Test
  void damageIsFoundOrDoesNoHarm() throws IOException {
    ModelFile.Model whole = read(small);
    SplittableRandom random = new SplittableRandom(1);
    for (int at = 0; at < small.length; at++) {
      boolean sampled = at < 1000 || at > small.length - 600 || random.nextInt(200) == 0;
      if (sampled) {
        assertRefused(Arrays.copyOf(small, at), "Cannot read model ");
        byte[] damaged = small.clone();
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        assertRefusedOrSame(damaged, whole);
        byte[] full = small.clone();
        full[at] = (byte) 0xff;
        assertRefusedOrSame(full, whole);
      }
    }
    assertRefused(Arrays.copyOf(small, small.length + 1), "Cannot read model ");
    ByteBuffer doubled = ByteBuffer.allocate(2 * small.length).put(small).put(small);
    assertRefused(doubled.array(), "Cannot read model ");
  }

  @Test
  void deeplearning4jReadsTheSame() throws IOException {
    Path file = Files.write(directory.resolve("model.zip"), small);
    MultiLayerNetwork network = MultiLayerNetwork.load(file.toFile(), false);
    assertThat(FlatParameters.read(network.params())).containsExactly(read(small).parameters());
  }

  private void assertCoefficientsRefused(byte[] coefficients) throws IOException {
    Map<String, byte[]> entries = entries(small);
    entries.put("coefficients.bin", coefficients);
    assertRefused(zip(entries), "Cannot read model ");
  }

  private void assertRefusedOrSame(byte[] bytes, ModelFile.Model expected) throws IOException {
    ModelFile.Model found;
    try {
      found = read(bytes);
    } catch (JobException e) {
      assertThat(e.category()).isEqualTo(FailureCategory.DATA);
      return;
    }
    assertSame(found, expected);
  }

  private static void assertSame(ModelFile.Model found, ModelFile.Model expected) {
    assertThat(found.parameters()).isEqualTo(expected.parameters());
    assertThat(found.card()).isEqualTo(expected.card());
    assertThat(found.network()).isEqualTo(expected.network());
  }

  private void assertRefused(byte[] bytes, String message) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            JobException.class,
            e -> {
              assertThat(e.category()).isEqualTo(FailureCategory.DATA);
              assertThat(e.getMessage().length()).isLessThan(1000);
            })
        .hasMessageContaining(message)
        .hasMessageEndingWith(", expected a model.zip that train published.");
  }

  private ModelFile.Model read(byte[] bytes) throws IOException {
    Path file = directory.resolve("model.zip");
    Files.deleteIfExists(file); // some file systems wait for the disk when one is overwritten
    Files.write(file, bytes);
    Configuration hadoop = new Configuration(false);
    return ModelFile.read(
        FileSystem.getLocal(hadoop).getRawFileSystem(),
        new org.apache.hadoop.fs.Path(file.toUri()));
  }

  private static byte[] withConfiguration(String from, String to) throws IOException {
    Map<String, byte[]> entries = entries(small);
    String text = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    String changed = text.replace(from, to);
    assertThat(changed).isNotEqualTo(text);
    JsonNode tree = new ObjectMapper().readTree(changed);
    assertThat(tree.isObject()).isTrue();
    entries.put("configuration.json", changed.getBytes(StandardCharsets.UTF_8));
    return zip(entries);
  }

  private static byte[] header(long count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(6);
    out.writeUTF("LONG");
    for (long value : new long[] {1, count, 1, 8192, 1, 'c'}) {
      out.writeLong(value);
    }
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(count);
    out.writeUTF("FLOAT");
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] model) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(model))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    assertThat(entries)
        .containsOnlyKeys(
            "configuration.json", "coefficients.bin", "updaterState.bin", "centroid.json");
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] bytes(String... settings) throws IOException {
    return bytes(network(settings));
  }

  private static byte[] bytes(MultiLayerNetwork network) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelFile.write(network, CARD, out);
    return out.toByteArray();
  }

  private static MultiLayerNetwork network(String... assignments) {
    Settings settings = Settings.load(List.of(), List.of(assignments));
    return Networks.initialized(
        DenseNetwork.configuration(settings.network(), settings.training(), Cifar10.DATA_SET));
  }
}
