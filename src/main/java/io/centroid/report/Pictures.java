package io.centroid.report;

import io.centroid.evaluate.Gallery;
import java.util.List;

/**
 * What only the report shows: {@code pictures.json}.
 *
 * @param gallery of the test split
 * @param firstLayer weights of units of the first layer as PNG files in Base64; may be empty
 */
public record Pictures(Gallery gallery, List<String> firstLayer) {}
