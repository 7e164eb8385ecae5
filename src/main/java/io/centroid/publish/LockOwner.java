package io.centroid.publish;

import io.centroid.json.MayLack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.UUID;

/**
 * Who claims a lock.
 *
 * @param token a new one for each lock; tells owners apart
 * @param holds whether the lock was taken, and not only asked for
 * @param host name of the machine, for people
 * @param process id of the process there
 * @param processStarted when that process started; tells it from a later one of the same id
 * @param boot the kernel's id of its present boot; empty where there is none
 * @param processNamespace in which the process id counts; empty where there is none
 */
record LockOwner(
    String token,
    boolean holds,
    @MayLack String host,
    @MayLack long process,
    @MayLack String processStarted,
    @MayLack String boot,
    @MayLack String processNamespace) {

  static LockOwner ofThisProcess() {
    ProcessHandle process = ProcessHandle.current();
    return new LockOwner(
        UUID.randomUUID().toString(),
        false,
        hostName(),
        process.pid(),
        started(process),
        firstLine("/proc/sys/kernel/random/boot_id"),
        linked("/proc/self/ns/pid"));
  }

  /** The same owner, of a lock that it has. */
  LockOwner holding() {
    return new LockOwner(token, true, host, process, processStarted, boot, processNamespace);
  }

  /** Whether it can be seen from here that the process is gone. */
  boolean isGone(LockOwner here) {
    return !here.boot().isEmpty()
        && here.boot().equals(boot)
        && !here.processNamespace().isEmpty()
        && here.processNamespace().equals(processNamespace)
        && ProcessHandle.of(process)
            .map(found -> !started(found).equals(processStarted))
            .orElse(true);
  }

  Optional<Instant> startOfProcess() {
    try {
      return processStarted == null ? Optional.empty() : Optional.of(Instant.parse(processStarted));
    } catch (DateTimeParseException e) { // nobody could tell
      return Optional.empty();
    }
  }

  /** The name of this machine, which need not be one that can be looked up. */
  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      String name = firstLine("/proc/sys/kernel/hostname");
      return name.isEmpty() ? "an unnamed machine" : name;
    }
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String firstLine(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static String linked(String link) {
    try {
      return Files.readSymbolicLink(Path.of(link)).toString();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return "process " + process + " on " + host;
  }
}
