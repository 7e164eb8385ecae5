package io.centroid.fault;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.Path;

/**
 * Which operation of {@link FaultyFileSystem} goes wrong in this JVM, and how.
 *
 * <p>Only operations below one directory count: what Spark does elsewhere is not the subject.
 */
final class Fault {
  /** What happens at the operation. */
  enum Kind {
    /** Nothing; operations are only counted. */
    NONE,
    /** It throws and has no effect; everything works again afterwards. */
    THROW,
    /** The JVM ends before a change takes effect, and half-way through a write. */
    HALT
  }

  private static final AtomicReference<Fault> CURRENT =
      new AtomicReference<>(new Fault(Kind.NONE, 0, "/"));

  private final Kind kind;
  private final int number;
  private final String below;
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicReference<String> happened = new AtomicReference<>("");

  private Fault(Kind kind, int number, String below) {
    this.kind = kind;
    this.number = number;
    this.below = below;
  }

  /** An operation on the file system. */
  @FunctionalInterface
  interface Operation<T> {
    T run() throws IOException;
  }

  /**
   * Makes a fault happen from now on.
   *
   * @param number which operation goes wrong, from 1; of those that change something for HALT
   * @param below the directory that counts
   */
  static Fault arm(Kind kind, int number, java.nio.file.Path below) {
    Fault fault = new Fault(kind, number, below.toString());
    CURRENT.set(fault);
    return fault;
  }

  /** Lets everything work. */
  static void disarm() {
    CURRENT.set(new Fault(Kind.NONE, 0, "/"));
  }

  /** How many operations there were. */
  int operations() {
    return operations.get();
  }

  /** The operation that went wrong; empty while none did. */
  String happened() {
    return happened.get();
  }

  static void reading(String what, Path path) throws IOException {
    Fault fault = CURRENT.get();
    if (fault.kind != Kind.HALT) { // it would change nothing
      fault.count(what, path);
    }
  }

  static <T> T changing(String what, Path path, Operation<T> operation) throws IOException {
    CURRENT.get().count(what, path);
    return operation.run();
  }

  private void count(String what, Path path) throws IOException {
    if (!path.toUri().getPath().startsWith(below) || operations.incrementAndGet() != number) {
      return;
    }
    happened.set(what + " " + path.getName());
    switch (kind) {
      case THROW -> throw new IOException("fault " + number + ": cannot " + what + " " + path);
      case HALT -> {
        System.out.println("halted before: " + happened());
        System.out.flush();
        Runtime.getRuntime().halt(137);
      }
      case NONE -> {}
    }
  }
}
