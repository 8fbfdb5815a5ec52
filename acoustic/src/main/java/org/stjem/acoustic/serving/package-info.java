/**
 * Scores over gRPC: the server of an acoustic model and the client that scores Kaldi tables with
 * it. The contract is {@code stjem/v1/acoustic_model.proto}.
 *
 * <p>On the server each utterance is a {@link org.stjem.acoustic.serving.ScoreStream}. The threads
 * of the network only take messages in and note what changed; rows are computed by a fixed number
 * of workers, one bounded step of one stream at a time, so that streams take turns. A stream asks
 * the network for its next chunk only when the last one is used up, and computes only while the
 * client takes its rows: a slow reader costs its own stream and no memory.
 */
package org.stjem.acoustic.serving;
