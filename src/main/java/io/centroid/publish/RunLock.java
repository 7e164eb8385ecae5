package io.centroid.publish;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps two processes from doing the same work: a file that names its owner and is written again as
 * long as the owner lives. A lock is left over when its owner's process is gone, as far as that can
 * be seen, or when it gave no sign of life for a minute; then it is taken over.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger();
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofMinutes(1);
  private static final int ATTEMPTS = 5;
  private static final String NEW = ".new.";

  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final Path file;
  private final Owner owner;
  private final ScheduledExecutorService heart =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "run lock");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Who has a lock.
   *
   * @param id a new one for each lock
   * @param host name of the machine
   * @param process id of the process there
   * @param processStarted when that process started; tells it from a later one of the same id
   */
  private record Owner(String id, String host, long process, String processStarted) {
    static Owner ofThisProcess() throws IOException {
      ProcessHandle process = ProcessHandle.current();
      return new Owner(
          UUID.randomUUID().toString(),
          InetAddress.getLocalHost().getHostName(),
          process.pid(),
          started(process));
    }

    /** Whether it can be seen that the process is gone. */
    boolean isGone(Owner here) {
      return host.equals(here.host())
          && ProcessHandle.of(process)
              .map(found -> !started(found).equals(processStarted))
              .orElse(true);
    }

    Optional<Instant> startOfProcess() {
      return processStarted.isEmpty()
          ? Optional.empty()
          : Optional.of(Instant.parse(processStarted));
    }

    private static String started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("");
    }

    @Override
    public String toString() {
      return "process " + process + " on " + host;
    }
  }

  private RunLock(Configuration hadoop, Path file, Owner owner) throws IOException {
    this.hadoop = hadoop;
    this.fileSystem = file.getFileSystem(hadoop);
    this.file = file;
    this.owner = owner;
  }

  /**
   * Takes a lock.
   *
   * @param file where it is; any Hadoop path
   * @param work what it is for, as the user knows it
   * @param phases told when it is taken over
   * @throws JobException with category ALREADY_RUNNING when somebody has it
   */
  public static RunLock take(Path file, String work, Configuration hadoop, Phases phases)
      throws IOException {
    RunLock lock = new RunLock(hadoop, file, Owner.ofThisProcess());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (lock.create()) {
        lock.sweep();
        lock.startBeating();
        return lock;
      }
      lock.removeLeftOver(work, phases);
    }
    throw running(work, "others that take its lock");
  }

  /**
   * Looks whether somebody has a lock, without writing anything: by the clock of this machine.
   *
   * @return when the process that has it started, as far as it is known; nothing where nobody has
   *     it
   */
  public static Optional<Instant> heldSince(Path file, Configuration hadoop) throws IOException {
    FileSystem fileSystem = file.getFileSystem(hadoop);
    try {
      Instant written = Instant.ofEpochMilli(fileSystem.getFileStatus(file).getModificationTime());
      Optional<Owner> owner = read(fileSystem, file);
      Owner here = Owner.ofThisProcess();
      boolean isGone =
          owner.map(found -> found.isGone(here)).orElse(false)
              || Duration.between(written, Instant.now()).compareTo(SILENCE) >= 0;
      return isGone
          ? Optional.empty()
          : Optional.of(owner.flatMap(Owner::startOfProcess).orElse(written));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Makes sure that the lock was not taken over by others.
   *
   * @throws JobException with category ALREADY_RUNNING when it was
   */
  public void check(String work) throws IOException {
    Optional<Owner> found = read();
    if (found.isPresent() && !found.get().equals(owner)) {
      throw running(work, found.get().toString());
    }
  }

  /** Gives the lock back. One that cannot be removed is taken over by whoever comes next. */
  @Override
  public void close() {
    heart.shutdownNow();
    try {
      if (read().map(owner::equals).orElse(false)) {
        fileSystem.delete(file, false);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove the lock {}", file, e);
    }
  }

  /**
   * Makes the file, with its owner in it from the start, unless there is one already. A local file
   * system renames over what is there, but makes no second link of a name; HDFS does not rename
   * over what is there.
   */
  private boolean create() throws IOException {
    fileSystem.mkdirs(file.getParent());
    Path aside = new Path(file.getParent(), file.getName() + NEW + owner.id());
    try (OutputStream out = fileSystem.create(aside, true)) {
      out.write(text());
    }
    boolean taken = takes(aside);
    if (!taken) {
      fileSystem.delete(aside, false);
    }
    return taken;
  }

  private boolean takes(Path aside) throws IOException {
    if (!fileSystem.getScheme().equals("file")) {
      return !fileSystem.exists(file) && fileSystem.rename(aside, file);
    }
    try {
      Files.createLink(local(file), local(aside));
      return true;
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return false; // somebody has the lock, and may have swept ours away
    }
  }

  /** Removes what taking the lock left behind, and those who died while they took or renewed it. */
  private void sweep() {
    try {
      for (FileStatus other : fileSystem.listStatus(file.getParent())) {
        String name = other.getPath().getName();
        if (name.startsWith(file.getName() + NEW)
            || name.equals("." + file.getName() + ".unfinished")) {
          fileSystem.delete(other.getPath(), false);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove what is left of earlier locks at {}", file, e);
    }
  }

  private byte[] text() {
    return Json.write(owner).getBytes(StandardCharsets.UTF_8);
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // beat() deals with all that can happen
  private void startBeating() {
    heart.scheduleAtFixedRate(
        this::beat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      if (read().map(owner::equals).orElse(false)) {
        WholeFile.replace(file, Json.write(owner), hadoop);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot renew the lock {}", file, e);
    }
  }

  /** The owner in the file; nothing while it is written. */
  private Optional<Owner> read() {
    return read(fileSystem, file);
  }

  private static Optional<Owner> read(FileSystem fileSystem, Path from) {
    try (InputStream in = fileSystem.open(from)) {
      return Optional.of(
          Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), Owner.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void removeLeftOver(String work, Phases phases) throws IOException {
    Optional<Owner> found = read();
    String name = found.map(Owner::toString).orElse("another process");
    if (!found.map(other -> other.isGone(owner)).orElse(false)
        && silence().compareTo(SILENCE) < 0) {
      throw running(work, name);
    }
    phases.say("Taking over from %s, which is gone.", name);
    Path aside = new Path(file.getParent(), file.getName() + "." + owner.id());
    if (fileSystem.rename(file, aside)) { // of several who try, one moves it
      if (read(fileSystem, aside).equals(found)) {
        fileSystem.delete(aside, false);
      } else {
        fileSystem.rename(aside, file); // somebody was faster: it is theirs
      }
    }
  }

  /** How long the file was not written, by the clock of its file system. */
  private Duration silence() throws IOException {
    Path probe = new Path(file.getParent(), file.getName() + ".now." + owner.id());
    fileSystem.create(probe, true).close();
    try {
      return Duration.ofMillis(
          fileSystem.getFileStatus(probe).getModificationTime()
              - fileSystem.getFileStatus(file).getModificationTime());
    } finally {
      fileSystem.delete(probe, false);
    }
  }

  private static JobException running(String work, String who) {
    return new JobException(
        FailureCategory.ALREADY_RUNNING,
        "Cannot start %s: found %s at the same work, expected nobody. Wait for it, or end it."
            .formatted(work, who));
  }
}
