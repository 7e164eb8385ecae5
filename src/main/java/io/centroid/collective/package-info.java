/**
 * An all-reduce between the tasks of one Spark job, the same to the bit however many tasks and JVMs
 * take part: how tasks find each other, how arrays are cut and folded, how frames travel. It knows
 * nothing of networks, epochs and examples.
 */
package io.centroid.collective;
