package org.stjem.frontend.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KeyOrder;

/**
 * Finds what is inconsistent in a Kaldi data directory: all that makes utils/validate_data_dir.sh
 * fail, though not only the first, and each with its line.
 *
 * <p>It goes beyond the script where a file is as useless but the script does not look: script
 * files whose lines name no file, numbers that are none, and {@code segments} that disagree with
 * {@code utt2spk} in a directory without {@code text}. It does not look into audio and features.
 */
public final class DataDirValidator {
  private static final Logger log = LoggerFactory.getLogger(DataDirValidator.class);

  private final Path dir;
  private final DataDirRules rules;
  private final List<Inconsistency> found = new ArrayList<>();
  private final Map<String, DataFile> files = new HashMap<>();

  private DataDirValidator(Path dir, DataDirRules rules) {
    this.dir = dir;
    this.rules = rules;
  }

  /** What is wrong with a line's fields; null if nothing is. */
  private interface LineCheck {
    String fault(String[] fields);
  }

  /**
   * Keys that other files must have.
   *
   * @param source where they are from
   * @param what what they are: utterance, speaker or recording
   * @param lines the line of each
   */
  private record Keys(String source, String what, Map<String, Integer> lines) {}

  /**
   * Checks a directory.
   *
   * @return in the order of the files as Kaldi checks them; empty if all is well
   */
  public static List<Inconsistency> validate(Path dir, DataDirRules rules) {
    if (!Files.isDirectory(dir)) {
      return List.of(new Inconsistency(dir, 0, "there is no such folder"));
    }
    DataDirValidator validator = new DataDirValidator(dir, rules);
    validator.run();
    return validator.found;
  }

  private void run() {
    DataFile utt2spk = required("utt2spk", true, "");
    DataFile spk2utt = required("spk2utt", true, "");
    Keys utterances = utt2spk == null ? null : keys(utt2spk, "utterance");
    Keys speakers = spk2utt == null ? null : keys(spk2utt, "speaker");
    checkSpeakers(utt2spk, spk2utt);
    if (rules.text()) {
      DataFile text = required("text", true, "--no-text");
      if (text != null) {
        TextCheck.check(text, rules.printable(), this::report);
        checkOrder(text);
        checkKeys(text, utterances);
      }
    }
    Keys recordings = checkWaves(utterances);
    if (rules.features()) {
      required("feats.scp", false, "--no-feats");
    }
    check("feats.scp", utterances, DataDirValidator::scriptFault);
    check("cmvn.scp", speakers, DataDirValidator::scriptFault);
    check("spk2gender", speakers, DataDirValidator::genderFault);
    check("spk2warp", speakers, DataDirValidator::warpFault);
    check("utt2warp", utterances, DataDirValidator::warpFault);
    check("vad.scp", utterances, DataDirValidator::scriptFault);
    check("utt2lang", utterances, fields -> null);
    check("utt2uniq", utterances, fields -> null);
    check("utt2dur", utterances, DataDirValidator::durationFault);
    check("utt2num_frames", utterances, DataDirValidator::frameCountFault);
    check("reco2dur", recordings, DataDirValidator::durationFault);
  }

  private void checkSpeakers(DataFile utt2spk, DataFile spk2utt) {
    int before = found.size();
    if (utt2spk != null) {
      checkLines(utt2spk, fields -> fields.length == 2 ? null : "expected 'utterance speaker'");
      checkOrder(utt2spk);
      if (rules.speakerOrder()) {
        checkSpeakerOrder(utt2spk);
      }
    }
    if (spk2utt != null) {
      checkLines(spk2utt, fields -> fields.length > 1 ? null : "speaker without utterances");
      checkOrder(spk2utt);
      if (spk2utt.lines().size() == 1) {
        log.warn("{}: there is only one speaker; this is probably a bad idea", spk2utt.path());
      }
    }
    if (utt2spk != null && spk2utt != null) {
      compareSpeakers(utt2spk, spk2utt, before);
    }
  }

  /** The order of {@code sort -k2}: by what follows the first field, then by the whole line. */
  private void checkSpeakerOrder(DataFile utt2spk) {
    DataFile.Line last = null;
    for (DataFile.Line line : utt2spk.lines()) {
      if (last != null) {
        int order = KeyOrder.compare(behindKey(last), behindKey(line));
        if (order > 0 || (order == 0 && KeyOrder.compare(last.text(), line.text()) > 0)) {
          report(
              utt2spk,
              line.number(),
              "not sorted by speaker; make speaker ids prefixes of utterance ids");
        }
      }
      last = line;
    }
  }

  private static String behindKey(DataFile.Line line) {
    String text = line.text();
    int at = 0;
    while (at < text.length() && DataFile.isBlank(text.charAt(at))) {
      at++;
    }
    while (at < text.length() && !DataFile.isBlank(text.charAt(at))) {
      at++;
    }
    return text.substring(at);
  }

  private void compareSpeakers(DataFile utt2spk, DataFile spk2utt, int before) {
    record Entry(String speaker, int line) {}
    Map<String, Entry> listed = new LinkedHashMap<>();
    for (DataFile.Line line : spk2utt.lines()) {
      for (int i = 1; i < line.fields().length; i++) {
        String utterance = line.fields()[i];
        Entry other = listed.putIfAbsent(utterance, new Entry(line.key(), line.number()));
        if (other != null) {
          report(
              spk2utt,
              line.number(),
              named("utterance", utterance) + " stands in line " + other.line + ", too");
        }
      }
    }
    List<String> order = new ArrayList<>(listed.keySet());
    for (DataFile.Line line : utt2spk.lines()) {
      if (line.fields().length < 2) {
        continue;
      }
      Entry entry = listed.remove(line.key());
      if (entry == null) {
        report(utt2spk, line.number(), named("utterance", line.key()) + " is not in spk2utt");
      } else if (!entry.speaker.equals(line.fields()[1])) {
        report(
            utt2spk,
            line.number(),
            named("utterance", line.key())
                + " has "
                + named("speaker", line.fields()[1])
                + ", but "
                + named("speaker", entry.speaker)
                + " in spk2utt:"
                + entry.line);
      }
    }
    listed.forEach(
        (utterance, entry) ->
            report(spk2utt, entry.line, named("utterance", utterance) + " is not in utt2spk"));
    if (found.size() == before) {
      compareOrder(utt2spk, spk2utt, order);
    }
  }

  /** Kaldi wants the utterances in one order even where it does not want speakers sorted. */
  private void compareOrder(DataFile utt2spk, DataFile spk2utt, List<String> order) {
    for (int i = 0; i < order.size(); i++) {
      DataFile.Line line = utt2spk.lines().get(i);
      if (!line.key().equals(order.get(i))) {
        report(
            spk2utt,
            0,
            "utterances in another order than in utt2spk, from "
                + named("utterance", order.get(i))
                + " on, where utt2spk:"
                + line.number()
                + " has "
                + named("utterance", line.key()));
        return;
      }
    }
  }

  /** Checks wav.scp, segments and reco2file_and_channel; returns the recordings. */
  private Keys checkWaves(Keys utterances) {
    if (rules.waves() || exists("segments")) {
      required("wav.scp", false, exists("segments") ? "" : "--no-wav");
    }
    DataFile waves = optional("wav.scp");
    DataFile segments = optional("segments");
    Keys recordings = utterances;
    if (segments != null) {
      checkLines(segments, this::segmentFault);
      checkOrder(segments);
      checkKeys(segments, utterances);
      recordings = recordingsOf(segments);
    }
    if (waves != null) {
      checkLines(waves, DataDirValidator::waveFault);
      checkOrder(waves);
      checkKeys(waves, recordings);
    }
    check("reco2file_and_channel", recordings, DataDirValidator::channelFault);
    return recordings;
  }

  private static Keys recordingsOf(DataFile segments) {
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (DataFile.Line line : segments.lines()) {
      if (line.fields().length > 1) {
        lines.putIfAbsent(line.fields()[1], line.number());
      }
    }
    return new Keys(segments.name(), "recording", lines);
  }

  private void check(String name, Keys keys, LineCheck lineCheck) {
    DataFile file = optional(name);
    if (file != null) {
      checkLines(file, lineCheck);
      checkOrder(file);
      checkKeys(file, keys);
    }
  }

  private void checkLines(DataFile file, LineCheck check) {
    for (DataFile.Line line : file.lines()) {
      String fault = check.fault(line.fields());
      if (fault != null) {
        report(file, line.number(), fault + ": '" + DataFile.shown(line.text()) + "'");
      }
    }
  }

  /** Keys ascend as with {@code sort -u} and {@code LC_ALL=C}, and every line ends. */
  private void checkOrder(DataFile file) {
    Map<String, Integer> first = file.lineOfKey();
    String last = null;
    for (DataFile.Line line : file.lines()) {
      String key = line.key();
      if (first.get(key) != line.number()) {
        report(
            file,
            line.number(),
            "key '" + DataFile.shown(key) + "' stands in line " + first.get(key) + ", too");
      } else if (last != null && KeyOrder.compare(key, last) < 0) {
        report(
            file,
            line.number(),
            "not sorted (LC_ALL=C): key '"
                + DataFile.shown(key)
                + "' behind '"
                + DataFile.shown(last)
                + "'");
      }
      last = key;
    }
    if (!file.endsInLineFeed()) {
      report(file, file.lines().size(), "no line feed at the end of the file");
    }
  }

  /** The keys of {@code file} are those that {@code expected} has; no matter in which order. */
  private void checkKeys(DataFile file, Keys expected) {
    if (expected == null) {
      return;
    }
    Map<String, Integer> own = file.lineOfKey();
    own.forEach(
        (key, line) -> {
          if (!expected.lines.containsKey(key)) {
            report(file, line, named(expected.what, key) + " is not in " + expected.source);
          }
        });
    expected.lines.forEach(
        (key, line) -> {
          if (!own.containsKey(key)) {
            report(
                file,
                0,
                named(expected.what, key) + " of " + expected.source + ":" + line + " is missing");
          }
        });
  }

  private static Keys keys(DataFile file, String what) {
    return new Keys(file.name(), what, file.lineOfKey());
  }

  private static String named(String what, String key) {
    return what + " '" + DataFile.shown(key) + "'";
  }

  private static String scriptFault(String[] fields) {
    return fields.length > 1 ? null : "expected 'key file'";
  }

  private static String waveFault(String[] fields) {
    if (fields.length > 1 && fields[1].startsWith("~")) {
      return "a file name must not start with '~', which only shells understand";
    }
    return scriptFault(fields);
  }

  private String segmentFault(String[] fields) {
    try {
      Segment segment = Segment.parse(String.join(" ", fields));
      if (rules.openSegments()) {
        return null;
      }
      if (fields.length == 5) {
        return "a channel, which Kaldi's scripts do not take";
      }
      return segment.end() < 0 ? "an end of -1, which Kaldi's scripts do not take" : null;
    } catch (StjemException e) {
      return e.getMessage();
    }
  }

  private static String channelFault(String[] fields) {
    boolean fits =
        fields.length == 3
            && (fields[2].equals("A") || fields[2].equals("B") || fields[2].equals("1"));
    return fits ? null : "expected 'recording file channel' with channel A or B";
  }

  private static String genderFault(String[] fields) {
    boolean fits = fields.length == 2 && (fields[1].equals("m") || fields[1].equals("f"));
    return fits ? null : "expected 'speaker m' or 'speaker f'";
  }

  private static String warpFault(String[] fields) {
    double warp = number(fields);
    return warp > 0.5 && warp < 1.5 ? null : "expected a key and a warp factor from 0.5 to 1.5";
  }

  private static String durationFault(String[] fields) {
    return number(fields) > 0 ? null : "expected a key and a positive duration in seconds";
  }

  private static String frameCountFault(String[] fields) {
    double frames = number(fields);
    return frames > 0 && frames == Math.rint(frames)
        ? null
        : "expected a key and a positive number of frames";
  }

  /** The second of two fields; NaN, which fails every comparison, if there is no such number. */
  private static double number(String[] fields) {
    try {
      return fields.length == 2 ? Double.parseDouble(fields[1]) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private boolean exists(String name) {
    return Files.isRegularFile(dir.resolve(name));
  }

  private DataFile optional(String name) {
    return exists(name) && !rules.ignored().contains(name) ? read(name) : null;
  }

  /**
   * The file, or null, which is reported.
   *
   * @param unless the option that makes it optional; empty if there is none
   */
  private DataFile required(String name, boolean nonEmpty, String unless) {
    if (!exists(name)) {
      String advice = unless.isEmpty() ? "" : "; if this is by design, say " + unless;
      found.add(new Inconsistency(dir.resolve(name), 0, "there is no such file" + advice));
      return null;
    }
    DataFile file = read(name);
    if (file != null && nonEmpty && file.lines().isEmpty()) {
      report(file, 0, "the file is empty");
      return null;
    }
    return file;
  }

  /** The file; null if it is no text, which is reported once. */
  private DataFile read(String name) {
    DataFile file = files.get(name);
    if (file != null || files.containsKey(name)) {
      return file;
    }
    Path path = dir.resolve(name);
    try {
      file = DataFile.read(path);
      if (file.carriageReturnFault() != null) {
        report(file, file.firstCarriageReturn(), file.carriageReturnFault());
      }
    } catch (StjemException e) {
      found.add(new Inconsistency(path, 0, e.getMessage().replace(path + ": ", "")));
    }
    files.put(name, file);
    return file;
  }

  private void report(DataFile file, int line, String message) {
    found.add(new Inconsistency(file.path(), line, message));
  }
}
