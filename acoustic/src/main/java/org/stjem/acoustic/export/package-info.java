/**
 * Models in the forms of other programs, which then run them without this one.
 *
 * <p>A {@link org.stjem.acoustic.export.PlainModel} holds the numbers of a model folder, read
 * without the tensor engine. {@link org.stjem.acoustic.export.Nnet3Builder} makes a Kaldi network
 * of it; {@link org.stjem.acoustic.export.Nnet3Files} writes that alone or as a complete acoustic
 * model, and {@link org.stjem.acoustic.export.VoskFolder} the folder that Vosk loads.
 */
package org.stjem.acoustic.export;
