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

  @Override
  public WaveData read(KaldiInput in) throws IOException {
    return WaveReader.decode(in, in.name());
  }

  @Override
  public void write(KaldiOutput out, boolean binary, WaveData wave) throws IOException {
    if (!binary) {
      throw new StjemException("a wave cannot be written as text; leave the 't' option out");
    }
    WaveWriter.write(wave, out, out.name());
  }
}
