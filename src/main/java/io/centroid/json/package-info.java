/**
 * How records are written as JSON and CSV, and read again. Which records there are is not known
 * here.
 */
package io.centroid.json;
