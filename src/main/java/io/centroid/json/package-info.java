/** Records as JSON and CSV. */
package io.centroid.json;
