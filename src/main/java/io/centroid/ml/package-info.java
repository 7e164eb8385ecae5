/**
 * The engine as Spark ML has it: an estimator, a model, their parameters and how they are saved.
 * Rows of a DataFrame are dealt straight to the workers; nothing here knows shards or runs.
 */
package io.centroid.ml;
