package io.centroid.cifar;

import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/** A few images of ten classes that differ in brightness and tint; a pure function of the seed. */
public final class SmallImages implements ImageSource {
  private final long seed;
  private final int trainingImages;
  private final int testImages;

  /** Describes the images; nothing is generated before they are read. */
  public SmallImages(long seed, int trainingImages, int testImages) {
    this.seed = seed;
    this.trainingImages = trainingImages;
    this.testImages = testImages;
  }

  /** The image with this id; the pixel array is new. */
  public LabeledImage image(int id) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + id);
    int label = id % Cifar10.CLASSES;
    byte[] pixels = new byte[Cifar10.FEATURES];
    for (int i = 0; i < pixels.length; i++) {
      int tint = i % Cifar10.CHANNELS == label % Cifar10.CHANNELS ? 40 : 0;
      pixels[i] = (byte) (label * 15 + tint + random.nextInt(60));
    }
    return new LabeledImage(id, label, pixels);
  }

  @Override
  public DataSet dataSet() {
    return new DataSet(StandInImages.TITLE, Cifar10.DATA_SET.shape(), Cifar10.CLASS_NAMES);
  }

  @Override
  public int trainingImages() {
    return trainingImages;
  }

  @Override
  public int testImages() {
    return testImages;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    for (int id = 0; id < trainingImages + testImages; id++) {
      consumer.accept(image(id));
    }
    return List.of();
  }
}
