/** Records as JSON. */
package io.centroid.json;
