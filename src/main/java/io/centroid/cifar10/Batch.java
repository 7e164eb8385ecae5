package io.centroid.cifar10;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One of the six batches that CIFAR-10 is distributed in, in official order.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 data set</a>
 */
public enum Batch {
  /** Training images 0 to 9,999. */
  DATA_BATCH_1(0),
  /** Training images 10,000 to 19,999. */
  DATA_BATCH_2(10_000),
  /** Training images 20,000 to 29,999. */
  DATA_BATCH_3(20_000),
  /** Training images 30,000 to 39,999. */
  DATA_BATCH_4(30_000),
  /** Training images 40,000 to 49,999. */
  DATA_BATCH_5(40_000),
  /** The test images: ids 50,000 to 59,999. */
  TEST_BATCH(50_000);

  private final int firstId;

  Batch(int firstId) {
    this.firstId = firstId;
  }

  /** What a batch's name may end with: nothing or ".pkl" in the Python version, else ".bin". */
  private static final List<String> ENDINGS = List.of("", ".bin", ".pkl", ".pickle");

  /** The batch that a file of this name holds: {@code test_batch} or {@code test_batch.bin}. */
  public static Optional<Batch> named(String fileName) {
    return Arrays.stream(values())
        .filter(b -> ENDINGS.stream().anyMatch(end -> fileName.equals(b.fileName() + end)))
        .findFirst();
  }

  /** Its file's name in the Python version; the binary version adds ".bin". */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The id of its first image, a multiple of 10,000. */
  public int firstId() {
    return firstId;
  }
}
