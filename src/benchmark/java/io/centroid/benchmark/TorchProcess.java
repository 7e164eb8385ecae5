package io.centroid.benchmark;

import io.centroid.data.Choice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** PyTorch in a process of its own that trains when it is told to. */
final class TorchProcess implements AutoCloseable {
  /** How PyTorch is run. */
  enum Form {
    /** As it comes. */
    PLAIN,
    /** Its faster form of Adam, no denormal floats, and memory that is kept. */
    TUNED
  }

  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;
  private final Path script;
  private final String version;

  private TorchProcess(Process process, Path script) throws IOException {
    this.process = process;
    this.script = script;
    commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String ready = answers.readLine();
    if (ready == null) {
      throw new IOException("PyTorch ended before it was ready");
    }
    version = ready.substring("ready ".length());
  }

  /**
   * Starts PyTorch; nothing where this Python has none.
   *
   * @param python command of a Python 3
   * @param images files that {@link Images#write} made, separated by commas
   * @param counts how many images each has
   * @param form as it comes, or at its best
   */
  static Optional<TorchProcess> start(
      String python, String images, String counts, int threads, Form form)
      throws IOException, InterruptedException {
    Process probe;
    try {
      probe =
          new ProcessBuilder(python, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Optional.empty(); // no such Python
    }
    if (probe.waitFor() != 0) {
      return Optional.empty();
    }
    Path script = Files.createTempFile("torch_step", ".py");
    try (InputStream source = TorchProcess.class.getResourceAsStream("torch_step.py")) {
      Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                python,
                script.toString(),
                images,
                counts,
                Integer.toString(threads),
                Choice.name(form))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    if (form == Form.TUNED) {
      // Otherwise malloc gives every large tensor back to the system, page by page.
      builder.environment().put("MALLOC_MMAP_THRESHOLD_", "100000000");
      builder.environment().put("MALLOC_TRIM_THRESHOLD_", "1000000000");
    }
    return Optional.of(new TorchProcess(builder.start(), script));
  }

  String version() {
    return version;
  }

  /** Trains some steps; gives the seconds that took. */
  double steps(int minibatch, int steps) {
    return Double.parseDouble(ask("step " + minibatch + " " + steps));
  }

  /**
   * One epoch.
   *
   * @param seconds of training
   * @param accuracy on the second file, afterwards
   */
  record Epoch(double seconds, double accuracy) {}

  /** Trains one epoch and measures. */
  Epoch epoch(int minibatch) {
    String[] answer = ask("epoch " + minibatch).split(" ");
    return new Epoch(Double.parseDouble(answer[0]), Double.parseDouble(answer[1]));
  }

  private String ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IOException("PyTorch ended");
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      Files.deleteIfExists(script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
