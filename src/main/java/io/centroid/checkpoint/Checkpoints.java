package io.centroid.checkpoint;

import io.centroid.average.TrainingPosition;
import io.centroid.compute.TrainingState;
import io.centroid.config.CheckpointSettings;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.publish.Abandoned;
import io.centroid.publish.Lock;
import io.centroid.publish.WholeFile;
import io.centroid.run.CheckpointName;
import io.centroid.run.RunId;
import io.centroid.storage.StorageFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one run, in a directory beside where the run will be published. Each is
 * written under another name and renamed, by a thread of its own while training goes on; the last
 * few are kept.
 */
public final class Checkpoints implements AutoCloseable {
  private final FileSystem fileSystem;
  private final Path directory;
  private final RunId run;
  private final CheckpointSettings settings;
  private final Configuration hadoop;
  private final Lock lock;
  private final Phases phases;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "checkpoint writer");
            thread.setDaemon(true);
            return thread;
          });
  private Future<?> underWay;
  private volatile Instant written;

  private Checkpoints(
      Path directory,
      Configuration hadoop,
      RunId run,
      CheckpointSettings settings,
      Lock lock,
      Phases phases)
      throws IOException {
    this.fileSystem = directory.getFileSystem(hadoop);
    this.directory = directory;
    this.hadoop = hadoop;
    this.run = run;
    this.settings = settings;
    this.lock = lock;
    this.phases = phases;
    Abandoned.removeIn(directory, hadoop);
  }

  /**
   * The checkpoints of a run.
   *
   * @param directory need not exist
   * @param lock of the run, held by the caller for longer than the checkpoints are open
   * @param phases told of checkpoints that cannot be used
   */
  public static Checkpoints of(
      Path directory,
      Configuration hadoop,
      RunId run,
      CheckpointSettings settings,
      Lock lock,
      Phases phases)
      throws IOException {
    return new Checkpoints(directory, hadoop, run, settings, lock, phases);
  }

  /**
   * The newest checkpoint that is whole. Damaged ones before it get another name, so that they are
   * in nobody's way.
   *
   * @param initial what the training would start from without one
   * @throws JobException with category DATA when it is another run's
   * @throws IOException when one cannot be read now, which says nothing about what it holds
   */
  public Optional<Checkpoint> newest(TrainingState initial) throws IOException {
    for (Path file : files()) {
      CheckpointFile.Content content;
      try {
        content =
            CheckpointFile.read(
                () -> fileSystem.open(file), fileSystem.getFileStatus(file).getLen());
      } catch (DamagedCheckpointException | ChecksumException e) {
        phases.say(
            "Warning: checkpoint %s cannot be used, %s; going back to the one before it.",
            file.getName(), StorageFailure.reason(e));
        lock.check();
        fileSystem.delete(damaged(file), false);
        fileSystem.rename(file, damaged(file));
        continue;
      }
      if (!content.run().equals(run.value())) {
        throw JobException.data(
            "Cannot go on from checkpoint %s: found one of run %s, which has other settings, data or"
                    .formatted(file, content.run())
                + " code, expected run %s. Move it away, or use --fresh.".formatted(run));
      }
      if (!content.checkpoint().position().state().training().fits(initial)) {
        throw JobException.data(
            "Cannot go on from checkpoint %s: found the state of another network, expected run %s's. Move it away, or use --fresh."
                .formatted(file, run));
      }
      return Optional.of(content.checkpoint());
    }
    return Optional.empty();
  }

  private static Path damaged(Path file) {
    return new Path(file.getParent(), file.getName() + ".damaged");
  }

  /** After how many rounds of an epoch one is due. */
  public int interval() {
    return settings.everyRounds();
  }

  /**
   * Writes a checkpoint, after the one before it is written.
   *
   * @throws JobException when that one could not be written, with the category of the reason
   */
  public void save(Checkpoint checkpoint) {
    await();
    underWay = writer.submit(() -> write(checkpoint));
  }

  /**
   * Waits until everything is written.
   *
   * @throws JobException when it could not be written, with the category of the reason
   */
  public void await() {
    try {
      if (underWay != null) {
        underWay.get();
        underWay = null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a checkpoint was written", e);
    } catch (ExecutionException e) {
      underWay = null;
      if (e.getCause() instanceof JobException explained) {
        throw explained;
      }
      throw StorageFailure.explain("write a checkpoint to " + directory, e.getCause())
          .orElseGet(
              () ->
                  new JobException(
                      FailureCategory.INTERNAL,
                      "Cannot write a checkpoint to %s: found %s, expected a place that can be written. The"
                              .formatted(directory, StorageFailure.reason(e.getCause()))
                          + " checkpoints before it are unharmed: run again.",
                      e.getCause()));
    }
  }

  /** When this process wrote the newest one; nothing before it wrote any. */
  public Optional<Instant> written() {
    return Optional.ofNullable(written);
  }

  /** Removes all of them. */
  public void remove() throws IOException {
    lock.check();
    fileSystem.delete(directory, true);
  }

  /** Ends the writer, after what is under way; what became of that is asked by {@link #await}. */
  @Override
  public void close() {
    writer.shutdown();
    boolean interrupted = false;
    while (!writer.isTerminated()) {
      try {
        writer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Void write(Checkpoint checkpoint) throws IOException {
    TrainingPosition position = checkpoint.position();
    String name = new CheckpointName(position.epoch(), position.round()).toString();
    fileSystem.mkdirs(directory);
    WholeFile.replace(
        new Path(directory, name),
        out -> CheckpointFile.write(run, checkpoint, out),
        lock::check,
        hadoop);
    written = Instant.now();
    List<Path> all = files();
    for (Path old : all.subList(Math.min(settings.keep(), all.size()), all.size())) {
      lock.check();
      fileSystem.delete(old, false);
    }
    return null;
  }

  /** Newest first. */
  private List<Path> files() throws IOException {
    if (!fileSystem.exists(directory)) {
      return List.of();
    }
    return Arrays.stream(fileSystem.listStatus(directory))
        .map(FileStatus::getPath)
        .filter(path -> CheckpointName.parse(path.getName()).isPresent())
        .sorted(Comparator.comparing(Path::getName).reversed())
        .toList();
  }
}
