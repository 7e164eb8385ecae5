/**
 * What every process of a job has: a Spark session, phases on the console, signals, the log file.
 * What a job does is in its own package.
 */
package io.centroid.job;
