/** The command line: one class for each subcommand, and exit codes. */
package io.centroid.cli;
