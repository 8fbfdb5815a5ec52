package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * One command of a module, created only when it is called, so that {@code --help} and the table
 * commands never load what they do not need.
 *
 * @param name what the user types after the module
 * @param summary one line for the module's help
 * @param factory makes the picocli-annotated command, whose result is the exit status
 */
public record Command(String name, String summary, Supplier<? extends Callable<Integer>> factory) {}
