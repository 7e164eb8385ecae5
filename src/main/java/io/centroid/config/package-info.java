/**
 * Settings: immutable, typed, checked records, read from HOCON; {@code defaults.conf} holds every
 * key with its default and meaning. All problems come in one message, with the nearest known key;
 * nothing here acts on a setting.
 */
package io.centroid.config;
