package io.centroid.publish;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.job.Phases;
import io.centroid.json.Json;
import io.centroid.storage.StorageFailure;
import io.centroid.storage.StorageKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * Keeps two processes from doing the same work. A lock is a directory in which everybody who wants
 * it writes a file of his own, the claim, and then lists the claims: who finds no other has it. Of
 * two, at least the one who lists last finds the other, whatever the storage, as long as it lists
 * what was written before; no file needs to be made exclusively.
 *
 * <p>A claim is renewed as long as its owner lives. It is left over when its process is gone, as
 * far as that can be seen, or when it was not renewed for a minute ({@code centroid.lock.silence}
 * of Hadoop's configuration); then whoever wants the lock removes it.
 *
 * <p>A holder that could not renew its claim for two thirds of that time, that was stopped for so
 * long, or whose claim is missing or cannot be read, has lost the lock for good. {@link #check}
 * tells, and belongs in front of whatever cannot be taken back.
 */
public final class Lock implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger();
  private static final String SILENCE_KEY = "centroid.lock.silence";
  private static final Duration SILENCE = Duration.ofMinutes(1);
  private static final int BEATS = 6;

  /** Between two looks at others who ask at the same time, or are just writing their claims. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final int LOOKS = 30;

  private static final String SUFFIX = ".claim";

  /** The longest claim that is read; ours have a hundredth of it. */
  private static final int MOST_BYTES = 1 << 16;

  private final FileSystem fileSystem;
  private final StorageKind kind;
  private final Configuration hadoop;
  private final Path directory;
  private final String work;

  /** After this long without a sign of life others take a claim away. */
  private final Duration silence;

  /** After this long without a sign of life its owner does not count on it any more. */
  private final Duration lostAfter;

  private final LockOwner owner;
  private final Path claim;
  private final ScheduledExecutorService heart =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lock");
            thread.setDaemon(true);
            return thread;
          });
  private LockOwner state;

  /** When the claim was written: by the storage's clock, and by this machine's. */
  private long writtenByStorage;

  private Clock writtenHere;
  private Clock lastSign;
  private String failure = "";
  private String lost = "";

  /** Both clocks of this machine: one stands still with it, the other may be set. */
  private record Clock(long nanos, long millis) {
    static Clock now() {
      return new Clock(System.nanoTime(), System.currentTimeMillis());
    }

    Duration since() {
      Clock now = now();
      return Duration.ofMillis(Math.max((now.nanos - nanos) / 1_000_000, now.millis - millis));
    }
  }

  /** Somebody's claim: an owner, if it can be read, and when it was renewed. */
  private record Claim(Path file, Optional<LockOwner> owner, long renewed) {
    String who() {
      return owner.map(LockOwner::toString).orElse("another process");
    }

    boolean holds() {
      return owner.map(LockOwner::holds).orElse(false);
    }

    boolean isBefore(LockOwner other) {
      return owner.map(its -> its.token().compareTo(other.token()) < 0).orElse(false);
    }
  }

  private Lock(Path directory, String work, Configuration hadoop) throws IOException {
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    this.hadoop = hadoop;
    this.silence = silence(hadoop);
    this.lostAfter = silence.multipliedBy(2).dividedBy(3);
    this.fileSystem = StorageKind.withoutChecksumFiles(fileSystem);
    this.kind = StorageKind.of(fileSystem);
    this.directory = fileSystem.makeQualified(directory);
    this.work = work;
    this.owner = LockOwner.ofThisProcess();
    this.claim = new Path(this.directory, owner.token() + SUFFIX);
  }

  /** The name of this machine, which need not be one that can be looked up. */
  public static String hostName() {
    return LockOwner.hostName();
  }

  /** Where the lock of something is that gets published: beside it, hidden. */
  public static Path beside(Path target) {
    return HiddenName.beside(target, ".lock");
  }

  /**
   * Takes a lock.
   *
   * @param directory where the claims are; any Hadoop path
   * @param work what it is for, as the user knows it
   * @param phases told when it is taken over
   * @throws JobException with category ALREADY_RUNNING when somebody has it
   */
  public static Lock take(Path directory, String work, Configuration hadoop, Phases phases)
      throws IOException {
    Lock lock = new Lock(directory, work, hadoop);
    try {
      lock.acquire(phases);
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    return lock;
  }

  /**
   * Looks whether somebody has a lock, without writing anything: by the clock of this machine.
   *
   * @return when the process that has it started, as far as it is known; nothing where nobody has
   *     it
   */
  public static Optional<Instant> heldSince(Path directory, Configuration hadoop)
      throws IOException {
    LockOwner here = LockOwner.ofThisProcess();
    FileSystem fileSystem = directory.getFileSystem(hadoop);
    for (Claim found : claims(fileSystem, directory)) {
      Instant renewed = Instant.ofEpochMilli(found.renewed());
      boolean isGone =
          found.owner().map(its -> its.isGone(here)).orElse(false)
              || Duration.between(renewed, Instant.now()).compareTo(silence(hadoop)) >= 0;
      if (!isGone) {
        return Optional.of(found.owner().flatMap(LockOwner::startOfProcess).orElse(renewed));
      }
    }
    return Optional.empty();
  }

  /**
   * Makes sure that the lock is still held; what cannot be known is lost.
   *
   * @throws JobException with category ALREADY_RUNNING when others may have it, RESOURCES when the
   *     storage did not let it be renewed
   */
  public void check() {
    requireRenewed();
    Optional<LockOwner> found;
    synchronized (claim) { // not while it is renewed
      found = read(fileSystem, claim);
    }
    if (found.isEmpty() || !found.get().equals(state)) {
      lose("its claim gone from " + directory);
    }
    requireRenewed();
  }

  /**
   * Makes sure, without asking the storage, that the claim was renewed in time.
   *
   * @throws JobException as {@link #check} does
   */
  public synchronized void requireRenewed() {
    if (lost.isEmpty() && lastSign.since().compareTo(lostAfter) >= 0) {
      lost =
          "no sign of life in its lock for %d s%s"
              .formatted(
                  lastSign.since().toSeconds(), failure.isEmpty() ? "" : ", because of " + failure);
    }
    if (!lost.isEmpty()) {
      throw new JobException(
          failure.isEmpty() ? FailureCategory.ALREADY_RUNNING : FailureCategory.RESOURCES,
          "Cannot go on with %s: found %s, expected to have it alone. Others may be at it now; run again."
              .formatted(work, lost));
    }
  }

  /** Gives the lock back. A claim that cannot be removed is left over for whoever comes next. */
  @Override
  public void close() {
    heart.shutdownNow();
    lose("its lock given back");
    try {
      fileSystem.delete(claim, false); // nobody else's has this name
      removeDirectory();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove the lock {}", claim, e);
    }
  }

  private void acquire(Phases phases) throws IOException {
    write(owner);
    List<Claim> others = List.of();
    for (int look = 0; look < LOOKS; look++) {
      others = others(phases);
      Optional<Claim> holder = others.stream().filter(Claim::holds).findFirst();
      Optional<Claim> before = others.stream().filter(other -> other.isBefore(owner)).findFirst();
      if (holder.or(() -> before).isPresent()) {
        throw running(holder.or(() -> before).orElseThrow().who());
      }
      if (others.isEmpty()) {
        // Whoever took this claim away meanwhile has said so in his own.
        write(owner.holding());
        Optional<Claim> faster = others(phases).stream().filter(Claim::holds).findFirst();
        if (faster.isPresent()) {
          throw running(faster.get().who());
        }
        Abandoned.removeIn(directory, hadoop); // of who ended while he wrote a claim
        startBeating();
        return;
      }
      pause(); // those that came at the same time step back
      renew();
    }
    throw running(others.get(0).who());
  }

  /** The claims of others, without those that are left over, which are removed. */
  private List<Claim> others(Phases phases) throws IOException {
    List<Claim> live = new ArrayList<>();
    for (Claim found : claims(fileSystem, directory)) {
      if (found.file().getName().equals(claim.getName())) {
        continue;
      }
      boolean isGone =
          found.owner().map(its -> its.isGone(owner)).orElse(false)
              || Duration.ofMillis(storageNow() - found.renewed()).compareTo(silence) >= 0;
      if (!isGone) {
        live.add(found);
      } else if (fileSystem.delete(found.file(), false)) {
        phases.say("Taking over from %s, which is gone.", found.who());
      }
    }
    return live;
  }

  private static List<Claim> claims(FileSystem fileSystem, Path directory) throws IOException {
    List<Claim> claims = new ArrayList<>();
    try {
      for (FileStatus file : fileSystem.listStatus(directory)) {
        if (file.getPath().getName().endsWith(SUFFIX)) {
          claims.add(
              new Claim(
                  file.getPath(), read(fileSystem, file.getPath()), file.getModificationTime()));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(); // nobody has it, or the last one just gave it back
    }
    return claims;
  }

  /** The owner in a claim; nothing while it is written, or where it cannot be read. */
  private static Optional<LockOwner> read(FileSystem fileSystem, Path claim) {
    try (InputStream in = fileSystem.open(claim)) {
      return Optional.of(
          Json.read(
              new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8), LockOwner.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void write(LockOwner newState) throws IOException {
    Clock begun = Clock.now();
    for (int attempt = 1; ; attempt++) {
      try {
        WholeFile.replace(claim, Json.write(newState), hadoop);
        break;
      } catch (IOException e) {
        // Others remove the directory when they leave, and what is unfinished in it when they have
        // the lock.
        if (attempt == 3) {
          throw e;
        }
      }
    }
    writtenByStorage = fileSystem.getFileStatus(claim).getModificationTime();
    writtenHere = begun;
    synchronized (this) {
      state = newState;
      lastSign = begun;
    }
  }

  /** The present time by the clock that the claims' times are of. */
  private long storageNow() {
    return writtenByStorage + writtenHere.since().toMillis();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // beat() deals with all that can happen
  private void startBeating() {
    long interval = silence.dividedBy(BEATS).toMillis();
    heart.scheduleAtFixedRate(this::beat, interval, interval, TimeUnit.MILLISECONDS);
  }

  private synchronized void lose(String how) {
    if (lost.isEmpty()) {
      lost = how;
    }
  }

  private void beat() {
    try {
      requireRenewed();
      renew();
    } catch (FileNotFoundException e) {
      lose("its claim gone from " + directory);
      heart.shutdown();
    } catch (JobException e) {
      LOG.warn("The lock {} is lost", directory, e);
      heart.shutdown();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot renew the lock {}", claim, e);
      synchronized (this) {
        failure = StorageFailure.reason(e);
      }
    }
  }

  /** Renews a claim that is there; one that others removed is not made again. */
  private void renew() throws IOException {
    Clock begun = Clock.now();
    synchronized (claim) {
      if (kind == StorageKind.OBJECT_STORE) {
        fileSystem.getFileStatus(claim);
        try (OutputStream out = fileSystem.create(claim, true)) {
          out.write(Json.write(state).getBytes(StandardCharsets.UTF_8));
        }
      } else {
        fileSystem.setTimes(claim, storageNow(), -1);
      }
    }
    synchronized (this) {
      if (lastSign.since().compareTo(lostAfter) < 0) {
        lastSign = begun;
        failure = "";
        return;
      }
    }
    fileSystem.delete(claim, false); // made again too late
  }

  private static Duration silence(Configuration hadoop) {
    long millis;
    try {
      millis = hadoop.getTimeDuration(SILENCE_KEY, SILENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (NumberFormatException e) {
      millis = 0;
    }
    if (millis <= 0) {
      throw JobException.settings(
          "Cannot lock: found spark.hadoop.%s=%s, expected a time as 60s or 2m."
              .formatted(SILENCE_KEY, hadoop.get(SILENCE_KEY)));
    }
    return Duration.ofMillis(millis);
  }

  private void removeDirectory() throws IOException {
    if (kind == StorageKind.LOCAL) { // Hadoop looks whether it is empty, and then removes all of it
      try {
        Files.deleteIfExists(Move.local(directory));
      } catch (DirectoryNotEmptyException e) {
        LOG.debug("Somebody else wants the lock {}", directory);
      }
    } else if (fileSystem.exists(directory) && fileSystem.listStatus(directory).length == 0) {
      fileSystem.delete(directory, false);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while others took a lock", e);
    }
  }

  private JobException running(String who) {
    return new JobException(
        FailureCategory.ALREADY_RUNNING,
        "Cannot start %s: found %s at the same work, expected nobody. Wait for it, or end it."
            .formatted(work, who));
  }
}
