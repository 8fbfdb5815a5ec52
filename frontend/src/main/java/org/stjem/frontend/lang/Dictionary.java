package org.stjem.frontend.lang;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/** The words of one or several lexica, the phones, and the word that stands for all others. */
public final class Dictionary {
  /** Names of the unknown word in Kaldi's recipes; the first that a lexicon has is taken. */
  private static final List<String> UNKNOWN_WORDS =
      List.of("<UNK>", "<unk>", "<SPOKEN_NOISE>", "<spoken_noise>");

  /** Files of Kaldi's dictionaries that would change its language directory. */
  private static final List<String> UNREAD = List.of("nonterminals.txt");

  /** Kaldi prefers the first that is there. */
  private static final List<String> LEXICA =
      List.of(LexiconFile.SILENCE_NAME + ".txt", "lexiconp.txt", "lexicon.txt");

  private static final Logger LOG = LoggerFactory.getLogger(Dictionary.class);

  private final List<Pronunciation> entries;
  private final PhoneLists phones;
  private final String unknownWord;

  /** Null where silence has one probability for all words. */
  private final SilenceAtEnds silenceAtEnds;

  private Dictionary(
      List<Pronunciation> entries,
      PhoneLists phones,
      String unknownWord,
      SilenceAtEnds silenceAtEnds) {
    this.entries = entries;
    this.phones = phones;
    this.unknownWord = unknownWord;
    this.silenceAtEnds = silenceAtEnds;
  }

  /**
   * Reads a dictionary.
   *
   * @param sources lexica, and at most one folder like Kaldi's {@code data/local/dict}, whose
   *     {@code lexiconp_silprob.txt}, else {@code lexiconp.txt}, else {@code lexicon.txt}, is one
   *     of them; {@code silprob.txt} belongs to the first. Without a folder the kinds of phones are
   *     guessed from their names. An entry that several lexica have counts once.
   * @param unknownWord stands for words that are not in the lexica; null for what is usual, which
   *     is added if no folder is given and the lexica have none
   * @throws StjemException if a file cannot be read or used; names file, line and value
   */
  public static Dictionary read(List<Path> sources, String unknownWord) {
    Path folder = null;
    for (Path source : sources) {
      if (Files.isDirectory(source)) {
        if (folder != null) {
          throw new StjemException(
              folder + " and " + source + " are both folders; only one can have the phones");
        }
        folder = source;
      }
    }
    PhoneLists lists = folder == null ? null : PhoneLists.read(folder);
    Set<String> known = lists == null ? null : lists.all();
    List<Pronunciation> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Path source : sources) {
      Path lexicon = source.equals(folder) ? lexiconOf(folder) : source;
      for (Pronunciation entry : LexiconFile.read(lexicon, known)) {
        if (seen.add(entry.word() + " " + String.join(" ", entry.phones()))) {
          entries.add(entry);
        }
      }
    }
    return complete(entries, lists, unknownWord, silenceAtEnds(entries, folder));
  }

  private static SilenceAtEnds silenceAtEnds(List<Pronunciation> entries, Path folder) {
    long known = entries.stream().filter(entry -> entry.silence() != null).count();
    if (known == 0) {
      return null;
    }
    if (known < entries.size()) {
      throw new StjemException(
          "only some lexica say where silence is likely ("
              + LexiconFile.SILENCE_NAME
              + "); all have to");
    }
    if (folder == null) {
      throw new StjemException(
          LexiconFile.SILENCE_NAME + " has to be in a dictionary folder, with silprob.txt");
    }
    return SilenceAtEnds.read(folder.resolve("silprob.txt"));
  }

  private static Path lexiconOf(Path folder) {
    for (String unread : UNREAD) {
      if (Files.exists(folder.resolve(unread))) {
        LOG.warn("{} is not read: what it says is not supported", folder.resolve(unread));
      }
    }
    return LEXICA.stream()
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElse(folder.resolve("lexicon.txt"));
  }

  private static Dictionary complete(
      List<Pronunciation> entries,
      PhoneLists lists,
      String unknownWord,
      SilenceAtEnds silenceAtEnds) {
    Set<String> words = new HashSet<>();
    entries.forEach(entry -> words.add(entry.word()));
    String unknown =
        unknownWord == null
            ? UNKNOWN_WORDS.stream().filter(words::contains).findFirst().orElse(null)
            : unknownWord;
    if (lists == null && unknownWord == null && unknown == null) {
      unknown = UNKNOWN_WORDS.get(0);
      boolean lowerCase = PhoneLists.guess(entries).optionalSilence().equals("sil");
      entries.add(0, new Pronunciation(unknown, 1, List.of(lowerCase ? "spn" : "SPN")));
      words.add(unknown);
    }
    if (unknown == null || !words.contains(unknown)) {
      throw new StjemException(
          (unknown == null
                  ? "the lexica have none of " + String.join(", ", UNKNOWN_WORDS)
                  : "the lexica have no word " + unknown)
              + " to stand for unknown words; add it with a phone such as SPN, or name another word"
              + " by --oov-word");
    }
    PhoneLists phones = lists == null ? PhoneLists.guess(entries) : lists;
    if (phones.nonsilence().isEmpty()) {
      throw new StjemException("the lexica have no phones but those of silence and noise");
    }
    return new Dictionary(List.copyOf(entries), phones, unknown, silenceAtEnds);
  }

  /** All pronunciations, in the order of the lexica. */
  public List<Pronunciation> entries() {
    return entries;
  }

  /** The word that stands for all that are not in the lexica. */
  public String unknownWord() {
    return unknownWord;
  }

  /** The phone that may stand between words. */
  public String optionalSilence() {
    return phones.optionalSilence();
  }

  /** How likely silence is at the ends of utterances; null if it is no matter of words. */
  SilenceAtEnds silenceAtEnds() {
    return silenceAtEnds;
  }

  PhoneLists phones() {
    return phones;
  }
}
