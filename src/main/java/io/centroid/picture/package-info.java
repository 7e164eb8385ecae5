/**
 * Files of pictures: where they are, what they are, and what they show as pixels of a wanted size.
 * What becomes of the pixels is for the jobs; no Spark.
 */
package io.centroid.picture;
