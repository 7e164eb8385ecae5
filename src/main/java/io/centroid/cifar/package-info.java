/**
 * CIFAR-10 and CIFAR-100 as they are distributed: their batches in both versions, their constants,
 * and generated images in place of CIFAR-10. Where their files lie is for {@code source}.
 */
package io.centroid.cifar;
