package io.centroid.cifar;

import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;
import io.centroid.data.LabeledImage;
import io.centroid.data.SourceFile;
import java.io.IOException;
import java.util.List;

/**
 * As many images as CIFAR-10 has, with labels and pixels that follow from the id: quick to make and
 * to compress, and different wherever rows, columns, channels or images are mixed up.
 */
public final class SyntheticImages implements ImageSource {
  private final DataSet dataSet;

  /** Of CIFAR-10. */
  public SyntheticImages() {
    this(Cifar.CIFAR_10);
  }

  /** Of one of the two. */
  public SyntheticImages(Cifar of) {
    this.dataSet = of.dataSet();
  }

  /** The label of the image with this id; every class comes equally often. */
  public static int label(int id) {
    return 3 * id % Cifar10.CLASSES;
  }

  /** The value of a pixel. */
  public static byte pixel(int id, int y, int x, int channel) {
    return (byte) (id + (id >>> 8) + 5 * y + 7 * x + 100 * channel);
  }

  /** Writes the pixels of an image in height × width × channel order. */
  public static void fill(int id, byte[] pixels) {
    int i = 0;
    for (int y = 0; y < Cifar10.HEIGHT; y++) {
      for (int x = 0; x < Cifar10.WIDTH; x++) {
        for (int channel = 0; channel < Cifar10.CHANNELS; channel++) {
          pixels[i++] = pixel(id, y, x, channel);
        }
      }
    }
  }

  @Override
  public DataSet dataSet() {
    return dataSet;
  }

  @Override
  public int trainingImages() {
    return Cifar10.TRAINING_IMAGES;
  }

  @Override
  public int testImages() {
    return Cifar10.TEST_IMAGES;
  }

  @Override
  public List<SourceFile> read(ImageConsumer consumer) throws IOException {
    byte[] pixels = new byte[Cifar10.FEATURES];
    for (int id = 0; id < Cifar10.TRAINING_IMAGES + Cifar10.TEST_IMAGES; id++) {
      fill(id, pixels);
      consumer.accept(new LabeledImage(id, 3 * id % dataSet.classes(), pixels));
    }
    return List.of();
  }
}
