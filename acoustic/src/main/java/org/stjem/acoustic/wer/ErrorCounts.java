package org.stjem.acoustic.wer;

/** Sums of aligned words by operation, and of sentences. */
final class ErrorCounts {
  private long correct;
  private long substituted;
  private long inserted;
  private long deleted;
  private long sentences;
  private long wrongSentences;

  void add(WordAlignment alignment) {
    boolean wrong = false;
    for (WordAlignment.Pair pair : alignment.pairs()) {
      wrong |= pair.operation() != 'C';
      switch (pair.operation()) {
        case 'C' -> correct++;
        case 'S' -> substituted++;
        case 'I' -> inserted++;
        default -> deleted++;
      }
    }
    sentences++;
    wrongSentences += wrong ? 1 : 0;
  }

  void add(ErrorCounts other) {
    correct += other.correct;
    substituted += other.substituted;
    inserted += other.inserted;
    deleted += other.deleted;
    sentences += other.sentences;
    wrongSentences += other.wrongSentences;
  }

  long sentences() {
    return sentences;
  }

  /** Words of the references. */
  long words() {
    return correct + substituted + deleted;
  }

  long errors() {
    return substituted + deleted + inserted;
  }

  /** The columns of {@code wer_per_spk_details.pl}: Corr, Sub, Ins, Del, Err, S.Err. */
  long[] columns() {
    return new long[] {correct, substituted, inserted, deleted, errors(), wrongSentences};
  }
}
