/** Scoring: what a published model says of images that nobody labelled. */
package io.centroid.score;
