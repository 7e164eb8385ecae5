/** How records and large arrays cross the wire. Each package registers its own classes. */
package io.centroid.kryo;
