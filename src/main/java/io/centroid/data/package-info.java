/** CIFAR-10 as bytes: formats, labels, images, channel statistics, normalization. No Spark. */
package io.centroid.data;
