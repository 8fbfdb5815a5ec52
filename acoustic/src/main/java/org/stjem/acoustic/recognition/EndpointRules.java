package org.stjem.acoustic.recognition;

/**
 * When an utterance of a stream is over: the rules of Kaldi's {@code online2/online-endpoint.h}
 * with its defaults. Silence is the silence at the end of the best path; rules 2 to 4 need other
 * phones before it.
 *
 * @param certain seconds of silence after which it is over if a sentence of the graph may end
 *     there: the best path that ends one costs at most 2 more than the best path of all (rule 2)
 * @param probable the same for at most 8 more (rule 3)
 * @param any seconds of silence after which it is over whatever the graph says (rule 4)
 * @param nothing the same if nothing but silence was heard, too (rule 1)
 * @param longest seconds after which it is over even if somebody speaks (rule 5)
 */
public record EndpointRules(
    double certain, double probable, double any, double nothing, double longest) {
  /** Kaldi's. */
  public static final EndpointRules DEFAULT = new EndpointRules(0.5, 1, 2, 5, 20);

  private static final double CERTAIN_COST = 2;
  private static final double PROBABLE_COST = 8;

  /**
   * Whether an utterance is over.
   *
   * @param seconds its length so far
   * @param silence seconds of silence at its end
   * @param finalCost by how much the best path that ends a sentence costs more than the best of all
   */
  boolean isOver(double seconds, double silence, double finalCost) {
    if (seconds >= longest) {
      return true;
    }
    if (silence >= nothing) {
      return true;
    }
    if (silence >= seconds) {
      return false;
    }
    return silence >= any
        || (silence >= probable && finalCost <= PROBABLE_COST)
        || (silence >= certain && finalCost <= CERTAIN_COST);
  }
}
