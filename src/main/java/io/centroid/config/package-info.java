/**
 * Settings: immutable, typed, checked records, read from HOCON.
 *
 * <p>{@code reference.conf} holds every key with its default and meaning.
 */
package io.centroid.config;
