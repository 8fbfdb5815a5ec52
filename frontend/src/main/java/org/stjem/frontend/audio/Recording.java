package org.stjem.frontend.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;
import org.stjem.frontend.kaldi.KaldiObjects;

/**
 * A line {@code key rxfilename} of a script file of recordings, such as {@code wav.scp}: kept
 * unread, so that threads can read many at once.
 *
 * @param rxfilename a WAV, FLAC or SPHERE file, or {@code command |}
 */
public record Recording(String key, String rxfilename) {
  private static final Logger log = LoggerFactory.getLogger(Recording.class);

  /**
   * The lines of a script file.
   *
   * @throws StjemException if it cannot be read, is empty, has a key twice, or a line is not of
   *     that form
   */
  public static List<Recording> readScript(Path script) {
    List<String> lines = new ArrayList<>();
    try (KaldiInput in = KaldiInput.open(ByteNames.of(script))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(ByteText.strip(line));
      }
    } catch (StjemException e) {
      throw e.at(script);
    } catch (IOException e) {
      throw new StjemException("cannot read " + script + ": " + StjemException.reason(e), e);
    }
    List<Recording> recordings = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] parts = lines.get(i).split("\\s+", 2);
      if (parts.length < 2) {
        throw new StjemException(
            script + " line " + (i + 1) + ": expected 'key file', found '" + lines.get(i) + "'");
      }
      if (!keys.add(parts[0])) {
        throw new StjemException(script + " line " + (i + 1) + ": second entry of key " + parts[0]);
      }
      recordings.add(new Recording(parts[0], parts[1]));
    }
    if (recordings.isEmpty()) {
      throw new StjemException(script + " is empty");
    }
    return recordings;
  }

  /**
   * Reads the recording.
   *
   * @param raw what samples without header are; null to refuse them
   * @throws StjemException if it cannot be read, or its command fails
   */
  public WaveData read(RawFormat raw) {
    return KaldiObjects.read(rxfilename, new WaveHolder(raw));
  }

  /**
   * Reads the recording, in little memory if it is long.
   *
   * @param raw what samples without header are; null to refuse them
   * @throws StjemException if it cannot be read, or its command fails
   */
  public SpooledWave spool(RawFormat raw) {
    return KaldiObjects.read(rxfilename, in -> SpooledWave.read(in, raw));
  }

  /**
   * Reads the first channel of the recording; warns if there are others.
   *
   * @throws StjemException if it cannot be read, or its command fails
   */
  public WaveData readFirstChannel() {
    WaveData wave = read(null);
    if (wave.numChannels() == 1) {
      return wave;
    }
    log.warn("Recording {} has {} channels; the first is used", key, wave.numChannels());
    return WaveData.mono(wave.sampleRate(), wave.channel(0));
  }
}
