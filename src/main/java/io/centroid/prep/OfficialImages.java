package io.centroid.prep;

import io.centroid.data.Cifar10;
import io.centroid.data.DataSetName;
import io.centroid.data.ImageSource;

/** A source of the real data set, which always has the same images. */
interface OfficialImages extends ImageSource {
  @Override
  default DataSetName dataSet() {
    return DataSetName.CIFAR_10;
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
