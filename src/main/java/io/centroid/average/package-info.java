/**
 * The averaging engine: rounds, how states travel in them, how they are summed, the outer step, and
 * what a round starts from and comes to. Which examples a worker trains on is in {@code deal}, the
 * steps are in {@code compute}; nothing is written to files here.
 */
package io.centroid.average;
