package org.stjem.frontend.lang;

import org.stjem.frontend.io.StjemException;

/**
 * How a language directory is made; names and defaults are those of utils/prepare_lang.sh.
 *
 * @param positionDependentPhones whether phones are marked for their position in the word
 * @param shareSilencePhones whether all phones of silence have the same pdfs
 * @param numSilStates number of emitting HMM states of silence phones, 1 or more
 * @param numNonsilStates number of emitting HMM states of other phones, 1 or more
 * @param silProb probability of silence between words, from 0 to below 1
 * @param numExtraPhoneDisambigSyms disambiguation symbols beyond those of the lexicon, 1 or more;
 *     the last one follows optional silence
 */
public record LangOptions(
    boolean positionDependentPhones,
    boolean shareSilencePhones,
    int numSilStates,
    int numNonsilStates,
    double silProb,
    int numExtraPhoneDisambigSyms) {

  /** More states than anyone wants of a phone. */
  private static final int MOST_STATES = 1000;

  private static final int MOST_SYMBOLS = 100_000;

  /**
   * Checks the values.
   *
   * @throws StjemException if one is out of range
   */
  public LangOptions {
    check("--num-sil-states", numSilStates, MOST_STATES);
    check("--num-nonsil-states", numNonsilStates, MOST_STATES);
    check("--num-extra-phone-disambig-syms", numExtraPhoneDisambigSyms, MOST_SYMBOLS);
    if (!(silProb >= 0 && silProb < 1)) {
      throw new StjemException("--sil-prob=" + silProb + " is not from 0 to below 1");
    }
  }

  private static void check(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new StjemException(option + "=" + value + " is not from 1 to " + most);
    }
  }
}
