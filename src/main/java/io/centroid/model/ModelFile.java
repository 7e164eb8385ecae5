package io.centroid.model;

import io.centroid.error.JobException;
import io.centroid.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * {@code model.zip}: a plain Deeplearning4j model file, which {@code MultiLayerNetwork.load} reads
 * without this program, with one entry more: {@code centroid.json}, the {@link ModelCard}.
 */
public final class ModelFile {
  private static final String CARD = "centroid.json";

  private ModelFile() {}

  /** A model with its card. */
  public record Model(MultiLayerNetwork network, ModelCard card) {}

  /** Writes a model; equal models give equal bytes. */
  public static void write(MultiLayerNetwork network, ModelCard card, OutputStream out)
      throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, plain, true);
    try (ZipInputStream entries =
            new ZipInputStream(new ByteArrayInputStream(plain.toByteArray()));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        add(zip, entry.getName(), entries.readAllBytes());
      }
      add(zip, CARD, Json.write(card).getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Reads a model.
   *
   * @param name what the user calls the file
   * @throws JobException with category DATA when it is not a model of this program
   */
  public static Model read(InputStream in, String name) throws IOException {
    byte[] bytes = in.readAllBytes();
    try {
      ModelCard card = card(bytes, name);
      NativeThreads.useOne();
      return new Model(
          ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes), true), card);
    } catch (IOException | RuntimeException e) {
      if (e instanceof JobException) {
        throw e;
      }
      throw JobException.data(
          "Cannot read model "
              + name
              + ": found "
              + e.getMessage()
              + ", expected a model.zip that train published.",
          e);
    }
  }

  private static ModelCard card(byte[] bytes, String name) throws IOException {
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (entry.getName().equals(CARD)) {
          return Json.read(
              new String(entries.readAllBytes(), StandardCharsets.UTF_8), ModelCard.class);
        }
      }
    }
    throw JobException.data(
        "Cannot read model "
            + name
            + ": found no entry "
            + CARD
            + ", expected a model.zip that train published.");
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
