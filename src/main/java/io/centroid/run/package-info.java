/** What every job run has: a Spark session, timed phases, a run directory, provenance. */
package io.centroid.run;
