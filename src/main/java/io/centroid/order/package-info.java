/**
 * Examples in the order of their ids, whatever order they came in: what makes results independent
 * of rows' order and partitioning. Nothing of it comes to the driver.
 */
package io.centroid.order;
