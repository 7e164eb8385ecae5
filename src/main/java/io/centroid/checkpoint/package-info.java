/**
 * What decides how a training goes on, written while it runs and found again after it ended. It
 * neither trains nor decides when to stop.
 */
package io.centroid.checkpoint;
