package io.centroid.source;

import io.centroid.cifar.Cifar;
import io.centroid.cifar.Cifar10;
import io.centroid.data.DataSet;
import io.centroid.data.ImageSource;

/** A source of a data set as it is distributed, which always has the same images. */
interface OfficialImages extends ImageSource {
  /** Which it is. */
  Cifar of();

  @Override
  default DataSet dataSet() {
    return of().dataSet();
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
