/**
 * The command line: one class for each subcommand, and how failures become one line and an exit
 * code. What a command does is in the package of its job; here is only what is asked for and what
 * is said.
 */
package io.centroid.cli;
