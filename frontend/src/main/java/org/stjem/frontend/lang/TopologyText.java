package org.stjem.frontend.lang;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The text of a {@code topo} file: phones of words go through their states from left to right,
 * those of silence may visit the states between the first and the last in any order
 * (utils/gen_topo.pl).
 */
final class TopologyText {
  private final StringBuilder text = new StringBuilder("<Topology>\n");

  private TopologyText() {}

  /**
   * Makes the text.
   *
   * @param nonsilence phone ids, separated by spaces
   * @param silence phone ids, separated by spaces
   */
  static String of(int numNonsilStates, int numSilStates, String nonsilence, String silence) {
    TopologyText topology = new TopologyText();
    topology.begin(nonsilence);
    for (int state = 0; state < numNonsilStates; state++) {
      topology.leftToRight(state);
    }
    topology.end(numNonsilStates);
    topology.begin(silence);
    int last = numSilStates - 1;
    for (int state = 0; state < last; state++) {
      topology.state(state);
      int first = state == 0 ? 0 : 1;
      int end = state == 0 ? last : numSilStates;
      for (int next = first; next < end; next++) {
        topology.transition(next, 1.0 / last);
      }
      topology.text.append("</State>\n");
    }
    topology.leftToRight(last);
    topology.end(numSilStates);
    return topology.text.append("</Topology>\n").toString();
  }

  private void begin(String phones) {
    text.append("<TopologyEntry>\n<ForPhones>\n").append(phones).append("\n</ForPhones>\n");
  }

  private void end(int finalState) {
    text.append("<State> ").append(finalState).append(" </State>\n</TopologyEntry>\n");
  }

  private void state(int state) {
    text.append("<State> ").append(state).append(" <PdfClass> ").append(state).append(' ');
  }

  private void leftToRight(int state) {
    state(state);
    transition(state, 0.75);
    transition(state + 1, 0.25);
    text.append("</State>\n");
  }

  private void transition(int next, double probability) {
    // As Perl prints numbers.
    String value =
        new BigDecimal(probability).round(new MathContext(15)).stripTrailingZeros().toPlainString();
    text.append("<Transition> ").append(next).append(' ').append(value).append(' ');
  }
}
