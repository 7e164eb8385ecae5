package io.centroid.prep;

/**
 * An archive that CIFAR-10 is published as.
 *
 * @param name its file name
 * @param bytes its size
 * @param md5 its published MD5 sum, 32 lower-case hexadecimal digits
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 data set</a>
 */
public record OfficialArchive(String name, long bytes, String md5) {
  /** The binary version. */
  public static final OfficialArchive BINARY =
      new OfficialArchive(
          "cifar-10-binary.tar.gz", 170_052_171L, "c32a1d4ab5d03f1284b67883e8d87530");

  /** The Python version. */
  public static final OfficialArchive PYTHON =
      new OfficialArchive(
          "cifar-10-python.tar.gz", 170_498_071L, "c58f30108f718f92721af3b95e74349a");
}
