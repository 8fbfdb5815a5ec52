package org.stjem.acoustic.graph;

import java.nio.file.Path;
import java.util.Locale;

/** What a grammar file holds. */
public enum GrammarKind {
  /** An n-gram model, see {@link ArpaGrammar}. */
  ARPA,
  /** An acceptor of words as an OpenFst file, such as {@code G.fst}. */
  FST,
  /** A list of sentences, see {@link TextGrammar#sentences}. */
  SENTENCES,
  /** A list of words, see {@link TextGrammar#words}. */
  WORDS;

  /** The kind that a file's name stands for: {@code .fst}, {@code .txt}, or anything else. */
  public static GrammarKind of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".fst")) {
      return FST;
    }
    return name.endsWith(".txt") ? SENTENCES : ARPA;
  }
}
