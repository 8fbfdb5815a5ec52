package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.List;

/**
 * For each utterance the hypothesis with the fewest errors: what a choice between systems, made
 * once an utterance, could reach at best. Of equal ones it is that of the first system.
 */
public final class OracleChoice {
  private final Transcripts transcripts;
  private final List<Integer> chosen = new ArrayList<>();

  /** Chooses among the systems of {@code transcripts}. */
  public OracleChoice(Transcripts transcripts) {
    this.transcripts = transcripts;
    for (Transcripts.Utterance utterance : transcripts.utterances()) {
      int best = 0;
      int fewest = Integer.MAX_VALUE;
      for (int system = 0; system < utterance.hypotheses().size(); system++) {
        int errors =
            WordErrors.count(utterance.reference(), utterance.hypotheses().get(system)).total();
        if (errors < fewest) {
          fewest = errors;
          best = system;
        }
      }
      chosen.add(best);
    }
  }

  /** The system chosen for each of the utterances of the transcripts. */
  public List<Integer> chosen() {
    return List.copyOf(chosen);
  }

  /** The hypothesis chosen for each of the utterances of the transcripts. */
  public List<List<String>> hypotheses() {
    List<List<String>> best = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      best.add(transcripts.utterances().get(i).hypotheses().get(chosen.get(i)));
    }
    return best;
  }

  /** The error rate of the choice. */
  public WordErrorRate rate() {
    return WordErrorRate.of(transcripts, hypotheses());
  }
}
