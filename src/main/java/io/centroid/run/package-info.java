/**
 * What a run is and leaves: its id, its places, the records of its files, their reading and
 * listing. No pages; and nothing here trains.
 */
package io.centroid.run;
