package io.centroid.config;

import io.centroid.data.FeatureShape;
import io.centroid.data.Normalization;
import io.centroid.error.JobException;

/**
 * Settings of the preparation.
 *
 * @param shards Parquet files per split, 1 to 10,000
 * @param validationFraction share of every class held out for validation, 0 to 0.5
 * @param testFraction share of the examples that becomes the test split where the source has none,
 *     0.01 to 0.5
 * @param unreadableFraction share of the pictures that may be unreadable, 0 to 1
 * @param normalization how pixels or columns become features; null for what is usual: {@link
 *     Normalization#UNIT} for pixels, {@link Normalization#STANDARDIZE} for columns
 * @param seed decides which images are held out and what stand-in data looks like
 * @param standInTrainingImages training images of the stand-in data set, a multiple of 10
 * @param standInTestImages test images of the stand-in data set, a multiple of 10
 */
public record PrepareSettings(
    int shards,
    double validationFraction,
    double testFraction,
    double unreadableFraction,
    Normalization normalization,
    long seed,
    int standInTrainingImages,
    int standInTestImages) {

  /** Checks the bounds; throws {@link InvalidSettingsException}. */
  public PrepareSettings {
    new Problems()
        .require(shards >= 1 && shards <= 10_000, "prepare.shards", shards, "1 to 10000")
        .require(
            validationFraction >= 0 && validationFraction <= 0.5,
            "prepare.validation-fraction",
            validationFraction,
            "0 to 0.5")
        .require(
            testFraction >= 0.01 && testFraction <= 0.5,
            "prepare.test-fraction",
            testFraction,
            "0.01 to 0.5")
        .require(
            unreadableFraction >= 0 && unreadableFraction <= 1,
            "prepare.unreadable-fraction",
            unreadableFraction,
            "0 to 1")
        .require(
            isImageCount(standInTrainingImages),
            "prepare.stand-in.training-images",
            standInTrainingImages,
            "a multiple of 10 from 10 to 50000")
        .require(
            isImageCount(standInTestImages) && standInTestImages <= 10_000,
            "prepare.stand-in.test-images",
            standInTestImages,
            "a multiple of 10 from 10 to 10000")
        .throwIfAny();
  }

  /**
   * How features of a shape are normalized.
   *
   * @throws JobException with category SETTINGS when these cannot be so
   */
  public Normalization normalization(FeatureShape shape) {
    if (normalization == null) {
      return shape.isPicture() ? Normalization.UNIT : Normalization.STANDARDIZE;
    }
    if (!shape.isPicture() && normalization == Normalization.UNIT) {
      throw JobException.settings(
          "Cannot normalize columns: found prepare.normalization = unit, which is for pixels, expected auto, standardize or none.");
    }
    return normalization;
  }

  private static boolean isImageCount(int images) {
    return images >= 10 && images <= 50_000 && images % 10 == 0;
  }
}
