/** How records and large arrays cross the wire. */
package io.centroid.kryo;
