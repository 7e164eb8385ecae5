package io.centroid.config;

import java.io.Serializable;

/**
 * Settings of the augmentation of training images.
 *
 * @param flip whether every second image, drawn anew in each epoch, is mirrored left to right
 * @param cropPadding p, 0 to 31 and less than the image: a window of the image's size is cut at a
 *     random place from the image with p pixels of its mirror image around it; 0 leaves images
 *     where they are
 */
public record AugmentationSettings(boolean flip, int cropPadding) implements Serializable {

  /** Images as they are. */
  public static final AugmentationSettings NONE = new AugmentationSettings(false, 0);

  private static final int MOST_PADDING = 31;

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public AugmentationSettings {
    new Problems()
        .require(
            cropPadding >= 0 && cropPadding <= MOST_PADDING,
            "training.augmentation.crop-padding",
            cropPadding,
            "0 to %d, less than the image".formatted(MOST_PADDING))
        .throwIfAny();
  }
}
