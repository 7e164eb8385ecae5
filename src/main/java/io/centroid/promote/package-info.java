/** Which model serves: the gate before it, versions, the current one, and the way back. */
package io.centroid.promote;
