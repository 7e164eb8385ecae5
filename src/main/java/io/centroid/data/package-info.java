/**
 * What a data set is: shapes, splits, channel statistics, normalization, kinds of files. No Spark
 * and no Hadoop.
 */
package io.centroid.data;
