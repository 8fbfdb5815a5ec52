package org.stjem.frontend.lang;

import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * The lexicon as a transducer from phones to words with optional silence between words, before the
 * first and after the last (utils/lang/make_lexicon_fst.py, make_lexicon_fst_silprob.py).
 */
final class LexiconFst {
  private final Map<String, Integer> phones;
  private final Map<String, Integer> words;
  private final MutableFst fst = new MutableFst();

  private LexiconFst(Map<String, Integer> phones, Map<String, Integer> words) {
    this.phones = phones;
    this.words = words;
  }

  /**
   * Makes the transducer.
   *
   * @param phones phone ids
   * @param words word ids
   * @param silProb probability of silence, from 0 to below 1
   * @param silence the phone of optional silence
   * @param silenceSymbol the disambiguation symbol behind optional silence; null for none
   */
  static MutableFst make(
      List<Pronunciation> lexicon,
      Map<String, Integer> phones,
      Map<String, Integer> words,
      double silProb,
      String silence,
      String silenceSymbol) {
    LexiconFst maker = new LexiconFst(phones, words);
    int start = maker.fst.addState();
    if (silProb == 0) {
      lexicon.forEach(entry -> maker.add(entry, start, 0, -1, 0));
      maker.fst.setFinal(start, 0);
      return maker.fst;
    }
    double withCost = -Math.log(silProb);
    double withoutCost = -Math.log(1 - silProb);
    int loop = maker.fst.addState();
    int beforeSilence = maker.fst.addState();
    maker.fst.addArc(start, 0, 0, (float) withoutCost, loop);
    maker.fst.addArc(start, 0, 0, (float) withCost, beforeSilence);
    int phone = phones.get(silence);
    if (silenceSymbol == null) {
      maker.fst.addArc(beforeSilence, phone, 0, 0, loop);
    } else {
      int behindSilence = maker.fst.addState();
      maker.fst.addArc(beforeSilence, phone, 0, 0, behindSilence);
      maker.fst.addArc(behindSilence, phones.get(silenceSymbol), 0, 0, loop);
    }
    lexicon.forEach(entry -> maker.add(entry, loop, withoutCost, beforeSilence, withCost));
    maker.fst.setFinal(loop, 0);
    return maker.fst;
  }

  /**
   * Makes the transducer of a lexicon that says of each word how likely silence is around it.
   * Between words there is state 1 if no silence is there, else state 2.
   *
   * @param silenceSymbol the disambiguation symbol where there is no silence; null for none
   */
  static MutableFst make(
      List<Pronunciation> lexicon,
      Map<String, Integer> phones,
      Map<String, Integer> words,
      SilenceAtEnds ends,
      String silence,
      String silenceSymbol) {
    LexiconFst maker = new LexiconFst(phones, words);
    MutableFst fst = maker.fst;
    int start = fst.addState();
    int noSilence = fst.addState();
    int silent = fst.addState();
    int symbol = silenceSymbol == null ? 0 : phones.get(silenceSymbol);
    int phone = phones.get(silence);
    fst.addArc(start, symbol, 0, cost(1 - ends.beginning()), noSilence);
    fst.addArc(start, phone, 0, cost(ends.beginning()), silent);
    for (Pronunciation entry : lexicon) {
      int word = words.get(entry.word());
      int first = phones.get(entry.phones().get(0));
      double probability = entry.probability();
      Pronunciation.Silence around = entry.silence();
      int state = fst.addState();
      fst.addArc(noSilence, first, word, sum(probability, around.notBeforeFactor()), state);
      fst.addArc(silent, first, word, sum(probability, around.beforeFactor()), state);
      for (String next : entry.phones().subList(1, entry.phones().size())) {
        int behind = fst.addState();
        fst.addArc(state, phones.get(next), 0, 0, behind);
        state = behind;
      }
      fst.addArc(state, symbol, 0, cost(1 - around.after()), noSilence);
      fst.addArc(state, phone, 0, cost(around.after()), silent);
    }
    fst.setFinal(noSilence, cost(ends.noSilenceEndFactor()));
    fst.setFinal(silent, cost(ends.endFactor()));
    return fst;
  }

  private static float cost(double probability) {
    return (float) (0 - Math.log(probability));
  }

  private static float sum(double probability, double factor) {
    return (float) (0 - Math.log(probability) - Math.log(factor));
  }

  /** Adds a path from {@code loop} back to it and, unless it is -1, to {@code beforeSilence}. */
  private void add(
      Pronunciation entry, int loop, double loopCost, int beforeSilence, double silenceCost) {
    double cost = 0 - Math.log(entry.probability());
    int word = words.get(entry.word());
    int state = loop;
    int last = entry.phones().size() - 1;
    for (int i = 0; i < last; i++) {
      int next = fst.addState();
      fst.addArc(state, phones.get(entry.phones().get(i)), word, (float) cost, next);
      state = next;
      word = 0;
      cost = 0;
    }
    int phone = phones.get(entry.phones().get(last));
    fst.addArc(state, phone, word, (float) (loopCost + cost), loop);
    if (beforeSilence >= 0) {
      fst.addArc(state, phone, word, (float) (silenceCost + cost), beforeSilence);
    }
  }
}
