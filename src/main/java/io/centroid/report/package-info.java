/** What a run leaves for people and pipelines: JSON and text. */
package io.centroid.report;
