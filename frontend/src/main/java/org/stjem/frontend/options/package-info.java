/**
 * Options on command lines and in configuration files as Kaldi has them, for every command of every
 * module; {@link org.stjem.frontend.options.KaldiOptions} is the entry point.
 */
package org.stjem.frontend.options;
