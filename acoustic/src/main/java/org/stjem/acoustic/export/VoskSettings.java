package org.stjem.acoustic.export;

import java.nio.file.Path;
import java.util.Optional;
import org.stjem.acoustic.decode.DecoderOptions;

/**
 * What a folder for Vosk needs beside the model.
 *
 * @param transitionModel rxfilename of the {@code final.mdl} that the graph was made with
 * @param graph folder with {@code HCLG.fst} and {@code words.txt}, and perhaps a folder {@code
 *     phones}
 * @param lang folder whose {@code phones} is used if the graph has none
 * @param silencePhones numbers of the phones that are silence, divided by colons; empty for those
 *     in {@code phones/silence.csl}
 * @param decoder pruning of the search
 * @param acousticScale factor of the log-likelihoods
 */
public record VoskSettings(
    String transitionModel,
    Path graph,
    Optional<Path> lang,
    Optional<String> silencePhones,
    DecoderOptions decoder,
    float acousticScale) {}
