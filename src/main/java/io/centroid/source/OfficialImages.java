package io.centroid.source;

import io.centroid.cifar10.Cifar10;
import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;

/** A source of the real data set, which always has the same images. */
interface OfficialImages extends ImageSource {
  @Override
  default DataSet dataSet() {
    return Cifar10.DATA_SET;
  }

  @Override
  default int trainingImages() {
    return Cifar10.TRAINING_IMAGES;
  }

  @Override
  default int testImages() {
    return Cifar10.TEST_IMAGES;
  }
}
