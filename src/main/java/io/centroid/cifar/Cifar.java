package io.centroid.cifar;

import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import java.util.Arrays;
import java.util.List;

/**
 * The two data sets of 60,000 small pictures each, of which 50,000 are for training.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">The CIFAR-10 and CIFAR-100 data
 *     sets</a>
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes the lists of a data set
public enum Cifar {
  /** Of ten classes. */
  CIFAR_10(Cifar10.DATA_SET, "data_batch_1 to data_batch_5 and test_batch", 1, 10, "labels"),
  /** Of a hundred classes, the fine ones; each is one of twenty coarse ones, which are not used. */
  CIFAR_100(
      new DataSet(
          "CIFAR-100",
          FeatureShape.picture(Cifar10.HEIGHT, Cifar10.WIDTH, Cifar10.CHANNELS),
          List.of(
              "apple",
              "aquarium_fish",
              "baby",
              "bear",
              "beaver",
              "bed",
              "bee",
              "beetle",
              "bicycle",
              "bottle",
              "bowl",
              "boy",
              "bridge",
              "bus",
              "butterfly",
              "camel",
              "can",
              "castle",
              "caterpillar",
              "cattle",
              "chair",
              "chimpanzee",
              "clock",
              "cloud",
              "cockroach",
              "couch",
              "crab",
              "crocodile",
              "cup",
              "dinosaur",
              "dolphin",
              "elephant",
              "flatfish",
              "forest",
              "fox",
              "girl",
              "hamster",
              "house",
              "kangaroo",
              "keyboard",
              "lamp",
              "lawn_mower",
              "leopard",
              "lion",
              "lizard",
              "lobster",
              "man",
              "maple_tree",
              "motorcycle",
              "mountain",
              "mouse",
              "mushroom",
              "oak_tree",
              "orange",
              "orchid",
              "otter",
              "palm_tree",
              "pear",
              "pickup_truck",
              "pine_tree",
              "plain",
              "plate",
              "poppy",
              "porcupine",
              "possum",
              "rabbit",
              "raccoon",
              "ray",
              "road",
              "rocket",
              "rose",
              "sea",
              "seal",
              "shark",
              "shrew",
              "skunk",
              "skyscraper",
              "snail",
              "snake",
              "spider",
              "squirrel",
              "streetcar",
              "sunflower",
              "sweet_pepper",
              "table",
              "tank",
              "telephone",
              "television",
              "tiger",
              "tractor",
              "train",
              "trout",
              "tulip",
              "turtle",
              "wardrobe",
              "whale",
              "willow_tree",
              "wolf",
              "woman",
              "worm")),
      "train and test",
      2,
      20,
      "fine_labels");

  private final DataSet dataSet;
  private final String fileNames;
  private final int labelBytes;
  private final int firstLabels;
  private final String labelKey;

  Cifar(DataSet dataSet, String fileNames, int labelBytes, int firstLabels, String labelKey) {
    this.dataSet = dataSet;
    this.fileNames = fileNames;
    this.labelBytes = labelBytes;
    this.firstLabels = firstLabels;
    this.labelKey = labelKey;
  }

  /** As everything but the readers of its own files knows it. */
  public DataSet dataSet() {
    return dataSet;
  }

  /** Its files in official order. */
  List<Batch> batches() {
    return Arrays.stream(Batch.values()).filter(batch -> batch.of() == this).toList();
  }

  /** What its files are called, in words. */
  String fileNames() {
    return fileNames;
  }

  /** The first byte of a record of the binary version is smaller. */
  int firstLabels() {
    return firstLabels;
  }

  /** Bytes before the pixels of a record of the binary version; the label is the last of them. */
  int labelBytes() {
    return labelBytes;
  }

  /** Bytes of a record of the binary version. */
  int recordBytes() {
    return labelBytes + Cifar10.FEATURES;
  }

  /** What the Python version calls the labels. */
  String labelKey() {
    return labelKey;
  }
}
