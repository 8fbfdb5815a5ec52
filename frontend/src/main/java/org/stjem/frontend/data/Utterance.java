package org.stjem.frontend.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.audio.Recording;
import org.stjem.frontend.io.StjemException;

/**
 * An utterance of a data directory: a recording, or a segment of one.
 *
 * @param segment null for the whole recording
 */
record Utterance(String key, Recording recording, Segment segment) {

  /**
   * The utterances of a data directory that was validated, in the order of {@code segments} or, if
   * there are none, of {@code wav.scp}.
   */
  static List<Utterance> of(Path dataDir) {
    List<Recording> recordings = Recording.readScript(dataDir.resolve("wav.scp"));
    List<Utterance> utterances = new ArrayList<>();
    Path segments = dataDir.resolve("segments");
    if (!Files.isRegularFile(segments)) {
      for (Recording recording : recordings) {
        utterances.add(new Utterance(recording.key(), recording, null));
      }
      return utterances;
    }
    Map<String, Recording> byKey = new HashMap<>();
    for (Recording recording : recordings) {
      byKey.put(recording.key(), recording);
    }
    for (DataFile.Line line : DataFile.read(segments).lines()) {
      Segment segment = Segment.parse(line.text());
      Recording recording = byKey.get(segment.recording());
      if (recording == null) {
        throw new StjemException(
            segments + ":" + line.number() + ": no recording " + segment.recording());
      }
      utterances.add(new Utterance(segment.key(), recording, segment));
    }
    return utterances;
  }
}
