/**
 * The training job: examples dealt to logical workers, rounds of local training and parameter
 * averaging, epochs with validation.
 */
package io.centroid.train;
