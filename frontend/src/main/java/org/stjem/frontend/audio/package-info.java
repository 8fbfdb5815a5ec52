/**
 * Audio in and out: WAV, FLAC and NIST SPHERE streams become {@link
 * org.stjem.frontend.audio.WaveData} with samples at the scale of 16-bit integers, as Kaldi's
 * programs expect them (feat/wave-reader.h).
 *
 * <p>The format is told from the first bytes, so the lines of a {@code wav.scp} may name files of
 * any of the three formats or be commands that end in {@code |}. Samples without header are read
 * where their format is given.
 *
 * <p>What a header declares holds, whatever stands behind it; where it declares nothing, the data
 * end with the file. Unknown values of a field are refused, and what is left out is warned about. A
 * table beside the tests, {@code golden/audio-headers}, holds that against libsndfile, header by
 * header.
 */
package org.stjem.frontend.audio;
