package org.stjem.frontend.audio;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.Holder;
import org.stjem.frontend.kaldi.KaldiInput;
import org.stjem.frontend.kaldi.KaldiOutput;

/**
 * Recordings in Kaldi tables: read in every format of {@link WaveReader}, written as 16-bit WAV
 * (feat/wave-reader.h). FLAC can be the file or command of a script file's line, but not stand in
 * an archive, where nothing tells how long it is.
 */
public final class WaveHolder implements Holder<WaveData> {
  private final RawFormat raw;

  /** For files with a header. */
  public WaveHolder() {
    this(null);
  }

  /**
   * For files with a header and such without.
   *
   * @param raw what samples without header are, of which a file or command holds one recording;
   *     null to refuse them
   */
  public WaveHolder(RawFormat raw) {
    this.raw = raw;
  }

  @Override
  public WaveData read(KaldiInput in) throws IOException {
    return WaveReader.decode(in, in.name(), raw, WaveReader.beforeRest(in));
  }

  @Override
  public void write(KaldiOutput out, boolean binary, WaveData wave) throws IOException {
    if (!binary) {
      throw new StjemException("a wave cannot be written as text; leave the 't' option out");
    }
    WaveWriter.write(wave, out, out.name());
  }
}
