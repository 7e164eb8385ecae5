/**
 * Where examples come from: files, directories and archives, told apart by what is in them. What
 * the preparation makes of examples is in {@code prep}.
 */
package io.centroid.source;
