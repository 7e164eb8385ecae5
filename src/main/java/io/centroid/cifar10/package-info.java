/**
 * CIFAR-10 as it is distributed: its batches in both versions, its constants, and generated images
 * in its place. Where its files lie is for {@code source}.
 */
package io.centroid.cifar10;
