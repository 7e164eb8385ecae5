/**
 * CIFAR-10 as bytes: formats, labels, images, splits, channel statistics, normalization. No Spark
 * and no Hadoop.
 */
package io.centroid.data;
