package io.centroid.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.centroid.error.JobException;
import io.centroid.json.Json;
import io.centroid.publish.Lock;
import io.centroid.publish.Target;
import io.centroid.run.RunSummary.Status;
import io.centroid.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Looks at a directory of runs, and writes nothing. What a training leaves beside the place of its
 * run tells of those that are not published; everything else that is hidden, and directories that
 * are no runs, are passed over.
 */
public final class RunListing {
  private static final Pattern BESIDE =
      Pattern.compile("\\.(?<run>[^.]+)\\.(lock|checkpoints|staging-.*)");
  private static final List<String> FILES =
      List.of(
          "outcome.json",
          "provenance.json",
          "metrics.json",
          "history.json",
          "settings.conf",
          "model.zip");

  private final Path directory;
  private final FileSystem fileSystem;
  private final Configuration hadoop;

  private RunListing(Path directory, FileSystem fileSystem, Configuration hadoop) {
    this.directory = directory;
    this.fileSystem = fileSystem;
    this.hadoop = hadoop;
  }

  /**
   * The runs in a directory, newest first.
   *
   * @param runs any Hadoop path
   * @throws JobException with category SETTINGS when there is no such directory
   */
  public static List<RunSummary> of(Path runs, Configuration hadoop) throws IOException {
    FileSystem fileSystem = runs.getFileSystem(hadoop);
    return new RunListing(fileSystem.makeQualified(runs), fileSystem, hadoop)
        .summaries(entries(runs, fileSystem));
  }

  private List<RunSummary> summaries(FileStatus[] entries) throws IOException {
    Set<String> unpublished = new TreeSet<>();
    List<RunSummary> runs = new ArrayList<>();
    for (FileStatus entry : entries) {
      String name = entry.getPath().getName();
      Matcher beside = BESIDE.matcher(name);
      if (beside.matches() && RunId.hasForm(beside.group("run"))) {
        unpublished.add(beside.group("run"));
      } else if (entry.isDirectory() && !name.startsWith(".") && !name.startsWith("_")) {
        ofDirectory(entry.getPath()).ifPresent(runs::add);
      }
    }
    runs.forEach(run -> unpublished.remove(run.run()));
    for (String name : unpublished) {
      runs.add(ofUnpublished(new Path(directory, name)));
    }
    runs.sort(RunSummary.NEWEST_FIRST);
    return runs;
  }

  private static FileStatus[] entries(Path runs, FileSystem fileSystem) throws IOException {
    String found;
    try {
      if (fileSystem.getFileStatus(runs).isDirectory()) {
        return fileSystem.listStatus(runs);
      }
      found = "a file";
    } catch (FileNotFoundException e) {
      found = "no such directory";
    }
    throw JobException.settings(
        "Cannot list runs in %s: found %s, expected a directory that train wrote runs to.%s"
            .formatted(
                fileSystem.makeQualified(runs), found, StorageFailure.localHint(runs, fileSystem)));
  }

  /** Nothing for a directory that is no run, or is gone meanwhile. */
  private Optional<RunSummary> ofDirectory(Path run) throws IOException {
    Set<String> files;
    try {
      files =
          Arrays.stream(fileSystem.listStatus(run))
              .map(file -> file.getPath().getName())
              .collect(Collectors.toSet());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    if (!RunId.hasForm(run.getName()) && Collections.disjoint(files, FILES)) {
      return Optional.empty();
    }
    if (!files.contains(Target.SUCCESS)) {
      RunSummary under = ofUnpublished(run); // an object store shows files before the last one
      return Optional.of(
          under.status() == Status.RUNNING || under.checkpointed() != null
              ? under
              : damaged(run, "found no " + Target.SUCCESS));
    }
    for (String file : FILES) {
      if (!files.contains(file)) {
        return Optional.of(damaged(run, "found no " + file));
      }
    }
    return Optional.of(ofPublished(run));
  }

  private RunSummary ofPublished(Path run) throws IOException {
    Optional<Outcome> outcome = read(run, "outcome.json", Outcome.class);
    if (outcome.isEmpty()) {
      return damaged(run, "found no whole outcome.json");
    }
    Optional<Provenance> provenance = read(run, "provenance.json", Provenance.class);
    if (provenance.isEmpty()) {
      return damaged(run, "found no whole provenance.json");
    }
    String started;
    String finished;
    try {
      started = seconds(Instant.parse(provenance.get().started()));
      finished = seconds(Instant.parse(provenance.get().finished()));
    } catch (DateTimeParseException e) {
      return damaged(run, "found no times in provenance.json");
    }
    return new RunSummary(
        run.getName(),
        Status.FINISHED,
        started,
        finished,
        null,
        outcome.get().dataset(),
        outcome.get().epochs(),
        outcome.get().testAccuracy(),
        outcome.get().imagesPerSecond(),
        null,
        run.toString());
  }

  /** Nothing when the file is not whole. */
  private <T> Optional<T> read(Path run, String file, Class<T> type) throws IOException {
    try {
      return Optional.of(Json.read(Target.read(run, file, hadoop), type));
    } catch (FileNotFoundException
        | JsonProcessingException
        | ChecksumException
        | JobException e) { // of another kind, or longer than any
      return Optional.empty();
    }
  }

  private RunSummary ofUnpublished(Path run) throws IOException {
    Optional<Instant> held = Lock.heldSince(new RunPlaces(run).lock(), hadoop);
    Optional<FileStatus> checkpoint = newestCheckpoint(new RunPlaces(run).checkpoints());
    return new RunSummary(
        run.getName(),
        held.isPresent() ? Status.RUNNING : Status.UNFINISHED,
        held.map(RunListing::seconds).orElse(null),
        null,
        checkpoint
            .map(file -> seconds(Instant.ofEpochMilli(file.getModificationTime())))
            .orElse(null),
        null,
        checkpoint
            .flatMap(file -> CheckpointName.parse(file.getPath().getName()))
            .map(CheckpointName::epoch)
            .orElse(null),
        null,
        null,
        null,
        null);
  }

  /** By its name, without reading it. */
  private Optional<FileStatus> newestCheckpoint(Path checkpoints) throws IOException {
    try {
      return Arrays.stream(fileSystem.listStatus(checkpoints))
          .filter(file -> CheckpointName.parse(file.getPath().getName()).isPresent())
          .max(Comparator.comparing(file -> file.getPath().getName()));
    } catch (FileNotFoundException e) {
      return Optional.empty(); // there never was one, or the run was published meanwhile
    }
  }

  private static RunSummary damaged(Path run, String problem) {
    return new RunSummary(
        run.getName(),
        Status.DAMAGED,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        problem,
        run.toString());
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
