/**
 * Pages and tables for people: the report, the page of a run under way, comparisons, console
 * tables. What they show is recorded in {@code run} and {@code evaluate}; only jobs that write
 * pages depend on this package.
 */
package io.centroid.report;
