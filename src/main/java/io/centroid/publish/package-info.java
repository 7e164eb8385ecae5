/**
 * Whole or not at all: staging, markers, small files that are replaced at once, and locks, on local
 * disks, HDFS and object stores. What is published is not known here; {@code docs/architecture.md}
 * has the promises by kind of storage.
 */
package io.centroid.publish;
