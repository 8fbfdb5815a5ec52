/**
 * Scores over gRPC: the server of acoustic models and the client that scores Kaldi tables with it.
 * The contract is {@code stjem/v1/acoustic_model.proto}.
 *
 * <p>On the server each utterance is a {@link org.stjem.acoustic.serving.ScoreStream}. The threads
 * of the network only take messages in and note what changed. A stream with work to do queues for a
 * {@link org.stjem.acoustic.serving.Turn} with the {@link org.stjem.acoustic.serving.Batcher} of
 * its model, whose threads take the shares of several streams at a time, make frames of what the
 * clients sent, put all rows through the network together, and hand each stream its own. A stream
 * asks the network for its next message only when the last one is used up, and queues only while
 * the client takes its rows: a slow reader costs its own stream and a bounded amount of memory.
 *
 * <p>Models live in a {@link org.stjem.acoustic.serving.ModelCatalog}; a stream keeps the one it
 * began with, so that models come and go without disturbing streams. What goes on beside the calls
 * is {@link org.stjem.acoustic.serving.Housekeeping}; whom the server lets in, its {@link
 * org.stjem.acoustic.serving.Credentials} say; and what clients sent is shown as {@link
 * org.stjem.acoustic.serving.ClientText} alone.
 */
package org.stjem.acoustic.serving;
