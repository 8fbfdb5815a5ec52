package org.stjem.frontend.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Consistent data directories and ways to break them, each with what is to be said about it. */
public final class DataDirs {
  private DataDirs() {}

  /**
   * An edit that makes a data directory inconsistent.
   *
   * @param segmented whether it starts from the directory with segments
   * @param file what is edited
   * @param from text to be replaced; null for the whole file, or for a new file
   * @param to replacement; null for a removed file
   * @param options of the command
   * @param expected part of a line to be printed
   */
  public record Breakage(
      boolean segmented,
      String file,
      String from,
      String to,
      List<String> options,
      String expected) {

    public void apply(Path dir) throws IOException {
      Path path = dir.resolve(file);
      if (to == null) {
        Files.delete(path);
        return;
      }
      String old = Files.exists(path) ? Files.readString(path) : "";
      if (from != null && !old.contains(from)) {
        throw new IllegalArgumentException(file + " has no '" + from + "'");
      }
      Files.writeString(path, from == null ? to : old.replace(from, to));
    }

    @Override
    public String toString() {
      String edit = from == null ? "" : "'" + from + "' -> ";
      return (segmented ? "segmented " : "")
          + file
          + ": "
          + (edit + (to == null ? "removed" : "'" + to + "'")).replace("\n", "\\n")
          + options;
    }
  }

  /** Writes a directory of three utterances of two speakers with every file that is looked at. */
  public static void write(Path dir, boolean segmented) throws IOException {
    put(dir, "utt2spk", "a-1 a\na-2 a\nb-1 b\n");
    put(dir, "spk2utt", "a a-1 a-2\nb b-1\n");
    put(dir, "text", "a-1 ja ja\na-2 groesser\nb-1 #1 <sil> a<s>b\n");
    put(dir, "feats.scp", "a-1 f.ark:4\na-2 f.ark:99\nb-1 cat f |\n");
    put(dir, "cmvn.scp", "a c.ark:2\nb c.ark:40\n");
    put(dir, "spk2gender", "a f\nb m\n");
    put(dir, "spk2warp", "a 0.9\nb 1.1\n");
    put(dir, "utt2warp", "a-1 0.9\na-2 0.9\nb-1 1.1\n");
    put(dir, "vad.scp", "a-1 v.ark:4\na-2 v.ark:99\nb-1 v.ark:5\n");
    put(dir, "utt2lang", "a-1 de\na-2 de\nb-1 de\n");
    put(dir, "utt2uniq", "a-1 1\na-2 2\nb-1 3\n");
    put(dir, "utt2dur", "a-1 1.5 \na-2 2\nb-1 1e-1\n");
    put(dir, "utt2num_frames", "a-1 148 \na-2 198\nb-1 8\n");
    if (segmented) {
      put(dir, "wav.scp", "r1 r1.wav\nr2 sph2pipe -f wav r2.sph |\n");
      put(dir, "segments", "a-1 r1 0 1.5\na-2 r2 0.5 2.5\nb-1 r1 1.5 1.6\n");
      put(dir, "reco2dur", "r1 1.6\nr2 3\n");
      put(dir, "reco2file_and_channel", "r1 r1 A\nr2 r2 B\n");
    } else {
      put(dir, "wav.scp", "a-1 a-1.wav\na-2 a-2.wav\nb-1 b-1.flac\n");
      put(dir, "reco2dur", "a-1 1.5 \na-2 2\nb-1 1e-1\n");
      put(dir, "reco2file_and_channel", "a-1 a-1 A\na-2 a-2 A\nb-1 b-1 A\n");
    }
  }

  private static void put(Path dir, String name, String content) throws IOException {
    Files.writeString(dir.resolve(name), content);
  }

  /** One breakage for each thing that is checked. */
  public static List<Breakage> breakages() {
    return List.of(
        gone("utt2spk", "utt2spk: there is no such file"),
        gone("spk2utt", "spk2utt: there is no such file"),
        gone("text", "text: there is no such file; if this is by design, say --no-text"),
        gone("wav.scp", "wav.scp: there is no such file; if this is by design, say --no-wav"),
        gone("feats.scp", "feats.scp: there is no such file; if this is by design, say --no-feats"),
        new Breakage(
            true, "wav.scp", null, null, List.of("--no-wav"), "wav.scp: there is no such file"),
        edit("utt2spk", null, "", "utt2spk: the file is empty"),
        edit("spk2utt", null, "", "spk2utt: the file is empty"),
        edit("text", null, "", "text: the file is empty"),
        edit("utt2spk", "a-2 a", "a-2 a x", "utt2spk:2: expected 'utterance speaker': 'a-2 a x'"),
        edit("utt2spk", "a-2 a", "a-2 b", "utt2spk:2: utterance 'a-2' has speaker 'b', but"),
        edit("utt2spk", "a-2 a\n", "", "spk2utt:1: utterance 'a-2' is not in utt2spk"),
        edit("utt2spk", "a-2 a\n", "a-2 a\na-3 a\n", "utt2spk:3: utterance 'a-3' is not in spk2"),
        edit("utt2spk", "a-2 a\n", "a-1 a\na-2 a\n", "utt2spk:2: key 'a-1' stands in line 1, too"),
        edit("utt2spk", "a-1 a\na-2", "a-2 a\na-1", "utt2spk:2: not sorted (LC_ALL=C): key 'a-1'"),
        edit("utt2spk", "b-1 b\n", "b-1 b", "utt2spk:3: no line feed at the end"),
        edit("utt2spk", "b-1 b", "B-1 b", "utt2spk:3: not sorted (LC_ALL=C): key 'B-1'"),
        edit("utt2spk", "a-2 a", "a-2  a", "utt2spk:2: not sorted by speaker"),
        edit("spk2utt", "a a-1", "b a-1", "spk2utt:2: key 'b' stands in line 1, too"),
        edit("spk2utt", null, "b b-1\na a-1 a-2\n", "spk2utt:2: not sorted (LC_ALL=C): key 'a'"),
        edit("spk2utt", "a-1 a-2", "a-2 a-1", "spk2utt: utterances in another order"),
        edit("spk2utt", "b b-1", "b b-1 a-1", "utterance 'a-1' stands in line 1, too"),
        edit("spk2utt", "a-2\n", "a-2\naa\n", "spk2utt:2: speaker without utterances: 'aa'"),
        edit("text", "a-2 groesser\n", "", "text: utterance 'a-2' of utt2spk:2 is missing"),
        edit("text", "a-2", "a-3", "text:2: utterance 'a-3' is not in utt2spk"),
        edit("text", "b-1", "a-2", "text:3: key 'a-2' stands in line 2, too"),
        edit("text", "ja ja", "ja\u0007ja", "text:1: non-printable character U+0007"),
        edit("text", "ja ja", "ja\r", "text:1: the line ends in a carriage return"),
        edit("text", "ja ja", "ja\u00a0ja", "text:1: disallowed white space character U+00A0"),
        edit("text", "ja ja", "ja\u2003ja", "text:1: disallowed white space character U+2003"),
        edit("text", "ja ja", "ja <s>", "text:1: illegal symbol <s>"),
        edit("text", "ja ja", "</s> ja", "text:1: illegal symbol </s>"),
        edit("text", "ja ja", "ja#0, ja #0.", "text:1: illegal symbol #0"),
        edit("text", "a<s>b\n", "a<s>b", "text:3: no line feed at the end"),
        edit("wav.scp", "a-2 a-2.wav\n", "", "wav.scp: utterance 'a-2' of utt2spk:2 is missing"),
        edit("wav.scp", "b-1", "b-2", "wav.scp:3: utterance 'b-2' is not in utt2spk"),
        edit("wav.scp", "a-1.wav", "~/a-1.wav", "wav.scp:1: a file name must not start with '~'"),
        edit("wav.scp", "a-2 ", "a-0 ", "wav.scp:2: not sorted"),
        edit(
            "feats.scp",
            "a-2 f.ark:99\n",
            "",
            "feats.scp: utterance 'a-2' of utt2spk:2 is missing"),
        edit("feats.scp", "a-1 ", "a-3 ", "feats.scp:2: not sorted"),
        edit("cmvn.scp", "b c", "c c", "cmvn.scp:2: speaker 'c' is not in spk2utt"),
        edit(
            "spk2gender", "a f", "a F", "spk2gender:1: expected 'speaker m' or 'speaker f': 'a F'"),
        edit("spk2gender", "a f\n", "", "spk2gender: speaker 'a' of spk2utt:1 is missing"),
        edit("spk2warp", "0.9", "0.5", "spk2warp:1: expected a key and a warp factor"),
        edit("spk2warp", "b 1", "c 1", "spk2warp:2: speaker 'c' is not in spk2utt"),
        edit("utt2warp", "1.1", "1.5", "utt2warp:3: expected a key and a warp factor"),
        edit("utt2warp", "b-1 1.1\n", "", "utt2warp: utterance 'b-1' of utt2spk:3 is missing"),
        edit("vad.scp", "b-1", "b-2", "vad.scp:3: utterance 'b-2' is not in utt2spk"),
        edit("utt2lang", "a-1 de\n", "", "utt2lang: utterance 'a-1' of utt2spk:1 is missing"),
        edit("utt2uniq", "a-2 2", "a-1 2", "utt2uniq:2: key 'a-1' stands in line 1, too"),
        edit("utt2dur", "a-2 2", "a-2 0", "utt2dur:2: expected a key and a positive duration"),
        edit("utt2dur", "a-2 2", "a-2 2 2", "utt2dur:2: expected a key and a positive duration"),
        edit("utt2dur", "b-1 1e-1\n", "", "utt2dur: utterance 'b-1' of utt2spk:3 is missing"),
        edit("utt2num_frames", "198", "198.5", "utt2num_frames:2: expected a key and a positive n"),
        edit("utt2num_frames", "198", "0", "utt2num_frames:2: expected a key and a positive num"),
        edit("utt2num_frames", "b-1", "b-2", "utt2num_frames:3: utterance 'b-2' is not in utt2s"),
        edit("reco2dur", "a-2 2", "a-2 -2", "reco2dur:2: expected a key and a positive duration"),
        edit("reco2dur", "a-2 2\n", "", "reco2dur: utterance 'a-2' of utt2spk:2 is missing"),
        edit("reco2file_and_channel", "a-1 A", "a-1 C", "reco2file_and_channel:1: expected 'reco"),
        edit("reco2file_and_channel", "b-1 b", "c-1 b", "3: utterance 'c-1' is not in utt2spk"),
        segments("segments", "0.5 2.5", "0.5 0.5", "segments:2: end 0.5 s is not behind start"),
        segments("segments", "0.5 2.5", "0.5", "segments:2: expected 'segment recording start"),
        segments("segments", "0.5 2.5", "0.5 -1", "segments:2: an end of -1, which Kaldi's"),
        segments("segments", "0.5 2.5", "0.5 2.5 1", "segments:2: a channel, which Kaldi's"),
        segments("segments", "b-1", "b-0", "segments:3: utterance 'b-0' is not in utt2spk"),
        segments("segments", "r2", "r3", "wav.scp:2: recording 'r2' is not in segments"),
        segments("wav.scp", "r1 ", "r0 ", "wav.scp: recording 'r1' of segments:1 is missing"),
        segments("reco2dur", "r1 ", "r0 ", "reco2dur:1: recording 'r0' is not in segments"),
        segments("reco2file_and_channel", "r2 B\n", "r2 B\nr3 r3 A\n", "3: recording 'r3' is not"));
  }

  private static Breakage gone(String file, String expected) {
    return new Breakage(false, file, null, null, List.of(), expected);
  }

  private static Breakage edit(String file, String from, String to, String expected) {
    return new Breakage(false, file, from, to, List.of(), expected);
  }

  private static Breakage segments(String file, String from, String to, String expected) {
    return new Breakage(true, file, from, to, List.of(), expected);
  }
}
