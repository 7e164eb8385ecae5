package io.centroid.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.data.FloatBytes;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code model.zip}: a plain Deeplearning4j model file, which {@code MultiLayerNetwork.load} reads
 * without this program, with one entry more: {@code centroid.json}, the {@link ModelCard}.
 *
 * <p>It is read without Deeplearning4j, whose reader makes objects of whatever classes a file
 * names: {@link ModelArchive} and {@link NetworkJson} have what is looked at, and how.
 */
public final class ModelFile {
  /**
   * How ND4J writes an array: a buffer with its shape, and one with its values. Of a buffer first
   * where it was (a name), how many values it has (int64), and their type (a name); names as {@link
   * DataInputStream#readUTF}, numbers big-endian.
   */
  private static final String PLACE = "MIXED_DATA_TYPES";

  /** Rank, length, stride, two of ND4J's own, order. */
  private static final int SHAPE_VALUES = 6;

  private ModelFile() {}

  /**
   * A model with its card.
   *
   * @param network its configuration
   * @param parameters in Deeplearning4j's order
   */
  @SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
  public record Model(MultiLayerConfiguration network, float[] parameters, ModelCard card) {}

  /** Writes a model; equal models give equal bytes. */
  public static void write(MultiLayerNetwork network, ModelCard card, OutputStream out)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      add(zip, ModelArchive.CONFIGURATION, text(network.getLayerWiseConfigurations().toJson()));
      add(zip, ModelArchive.COEFFICIENTS, array(network.params()));
      INDArray moments = network.getUpdater().getStateViewArray();
      if (moments != null && !moments.isEmpty()) {
        add(zip, ModelArchive.UPDATER, array(moments));
      }
      add(zip, ModelArchive.CARD, text(Json.write(card)));
    }
  }

  /**
   * Reads a model, from anybody.
   *
   * @throws JobException with category DATA when it is not a model of this program, RESOURCES when
   *     the heap is too small for it
   * @throws IOException when the file system fails
   */
  public static Model read(FileSystem fileSystem, Path file) throws IOException {
    try {
      ModelArchive archive = ModelArchive.open(fileSystem, file);
      ModelCard card = card(archive);
      MultiLayerConfiguration network =
          NetworkJson.read(archive.text(ModelArchive.CONFIGURATION), card.dataSet());
      long count = Networks.parameters(network);
      if (Float.BYTES * count > archive.mostBytes()) {
        throw new DamagedModelException(
            "a network of %,d parameters, which are not in it".formatted(count));
      }
      checkMemory(file, Float.BYTES * count);
      float[] parameters =
          archive.read(
              ModelArchive.COEFFICIENTS, entry -> values(new DataInputStream(entry), (int) count));
      NativeThreads.useOne();
      return new Model(network, parameters, card);
    } catch (DamagedModelException | ChecksumException e) {
      throw JobException.data(
          "Cannot read model %s: found %s, expected a model.zip that train published."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static ModelCard card(ModelArchive archive) throws DamagedModelException {
    try {
      return Json.read(archive.text(ModelArchive.CARD), ModelCard.class);
    } catch (JsonProcessingException e) {
      throw new DamagedModelException(
          "no card in %s (%s)".formatted(ModelArchive.CARD, Json.problem(e)));
    }
  }

  private static void checkMemory(Path file, long bytes) {
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > Math.min(heap / 2, (long) Float.BYTES * Integer.MAX_VALUE)) {
      throw new JobException(
          FailureCategory.RESOURCES,
          "Cannot read model %s: found %,d MB of parameters, expected at most half of a heap of %,d MB. Use a larger --driver-memory."
              .formatted(file, bytes >> 20, heap >> 20));
    }
  }

  private static float[] values(DataInputStream data, int count) throws IOException {
    expectBuffer(data, SHAPE_VALUES, "LONG");
    boolean isRow = data.readLong() == 1 && data.readLong() == count && data.readLong() == 1;
    data.readFully(new byte[(SHAPE_VALUES - 3) * Long.BYTES]);
    if (!isRow) {
      throw new DamagedModelException("parameters of another shape than the network's");
    }
    expectBuffer(data, count, "FLOAT");
    float[] values = new float[count];
    FloatBytes.<IOException>read(values, ByteOrder.BIG_ENDIAN, data::readFully);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new DamagedModelException("a parameter that is no finite number");
      }
    }
    return values;
  }

  private static void expectBuffer(DataInputStream data, long length, String type)
      throws IOException {
    String place = data.readUTF();
    long found = data.readLong();
    if (!place.equals(PLACE) || found != length || !data.readUTF().equals(type)) {
      throw new DamagedModelException(
          "other parameters than %,d numbers, as the network has".formatted(length));
    }
  }

  private static byte[] text(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] array(INDArray values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      Nd4j.write(values, data);
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
