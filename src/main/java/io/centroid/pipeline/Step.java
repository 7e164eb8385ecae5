package io.centroid.pipeline;

import java.util.List;

/**
 * One step of a pipeline.
 *
 * @param name of the subcommand
 * @param command the program that does it, with its arguments; safe to run again
 */
public record Step(String name, List<String> command) {}
