/** The preparation job: from CIFAR-10 as it is distributed, or stand-in data, to shards. */
package io.centroid.prep;
