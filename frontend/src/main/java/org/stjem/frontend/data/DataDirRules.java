package org.stjem.frontend.data;

import java.util.Set;

/**
 * What a data directory must have, as the options of utils/validate_data_dir.sh say it.
 *
 * @param features {@code feats.scp} must be there
 * @param text {@code text} must be there; otherwise it is not even looked at, as in Kaldi
 * @param waves {@code wav.scp} must be there
 * @param speakerOrder {@code utt2spk} must be sorted by speaker, too
 * @param printable {@code text} must have printable characters only
 * @param openSegments lines of {@code segments} may end at -1 and name a channel: {@code
 *     extract-segments} takes such lines, Kaldi's script does not
 * @param ignored names of optional files that are not looked at
 */
public record DataDirRules(
    boolean features,
    boolean text,
    boolean waves,
    boolean speakerOrder,
    boolean printable,
    boolean openSegments,
    Set<String> ignored) {}
