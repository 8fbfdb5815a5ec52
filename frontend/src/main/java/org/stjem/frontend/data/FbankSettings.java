package org.stjem.frontend.data;

import org.stjem.frontend.audio.RawFormat;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.UtteranceOptions;
import org.stjem.frontend.kaldi.CompressionMethod;

/**
 * How the features of a data directory are made.
 *
 * @param fbank options of the filterbank
 * @param utterance what happens to a wave before and after it
 * @param raw what samples without header are; null to refuse them
 * @param minSegmentLength shorter segments fail, in seconds
 * @param maxOvershoot segments that go on for longer than this behind the recording's end fail, in
 *     seconds; others are cut there
 * @param compression of the archives; null for none
 */
public record FbankSettings(
    FbankOptions fbank,
    UtteranceOptions utterance,
    RawFormat raw,
    float minSegmentLength,
    float maxOvershoot,
    CompressionMethod compression) {}
