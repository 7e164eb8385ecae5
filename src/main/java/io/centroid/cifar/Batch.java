package io.centroid.cifar;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One of the files that CIFAR-10 and CIFAR-100 are distributed in, in official order.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and CIFAR-100 data
 *     sets</a>
 */
public enum Batch {
  /** Training images 0 to 9,999. */
  DATA_BATCH_1(Cifar.CIFAR_10, 0, 10_000),
  /** Training images 10,000 to 19,999. */
  DATA_BATCH_2(Cifar.CIFAR_10, 10_000, 10_000),
  /** Training images 20,000 to 29,999. */
  DATA_BATCH_3(Cifar.CIFAR_10, 20_000, 10_000),
  /** Training images 30,000 to 39,999. */
  DATA_BATCH_4(Cifar.CIFAR_10, 30_000, 10_000),
  /** Training images 40,000 to 49,999. */
  DATA_BATCH_5(Cifar.CIFAR_10, 40_000, 10_000),
  /** The test images: ids 50,000 to 59,999. */
  TEST_BATCH(Cifar.CIFAR_10, 50_000, 10_000),
  /** All training images of CIFAR-100. */
  TRAIN(Cifar.CIFAR_100, 0, 50_000),
  /** The test images of CIFAR-100: ids 50,000 to 59,999. */
  TEST(Cifar.CIFAR_100, 50_000, 10_000);

  private final Cifar of;
  private final int firstId;
  private final int images;

  Batch(Cifar of, int firstId, int images) {
    this.of = of;
    this.firstId = firstId;
    this.images = images;
  }

  /** What a batch's name may end with: nothing or ".pkl" in the Python version, else ".bin". */
  private static final List<String> ENDINGS = List.of("", ".bin", ".pkl", ".pickle");

  /**
   * The batch of a data set that a file of this name holds: {@code test_batch} or {@code
   * test_batch.bin}.
   */
  public static Optional<Batch> named(Cifar of, String fileName) {
    return of.batches().stream()
        .filter(b -> ENDINGS.stream().anyMatch(end -> fileName.equals(b.fileName() + end)))
        .findFirst();
  }

  /** Its file's name in the Python version; the binary version adds ".bin". */
  public String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The data set that it belongs to. */
  public Cifar of() {
    return of;
  }

  /** How many images it has. */
  public int images() {
    return images;
  }

  /** The size of its file in the binary version. */
  long binaryBytes() {
    return (long) images * of.recordBytes();
  }

  /** The id of its first image, a multiple of 10,000. */
  public int firstId() {
    return firstId;
  }
}
