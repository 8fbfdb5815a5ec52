package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The states and transitions of every phone's HMM, as stored in a model (hmm/hmm-topology.cc). */
final class HmmTopology {
  private static final int NO_ENTRY = -1;

  /** Most states or transitions of one HMM, and greatest number of a phone. */
  private static final int MOST = 100_000;

  /** A number and two sizes, in binary. */
  private static final int STATE_BYTES = 10;

  /** A state and a probability, in binary. */
  private static final int TRANSITION_BYTES = 10;

  private final int[] entryOfPhone;

  /** Per entry and state, the states that its transitions lead to; the last state is final. */
  private final List<int[][]> entries;

  private HmmTopology(int[] entryOfPhone, List<int[][]> entries) {
    this.entryOfPhone = entryOfPhone;
    this.entries = entries;
  }

  /** Number of phones that have an HMM. */
  int numPhones() {
    return (int) Arrays.stream(entryOfPhone).filter(entry -> entry != NO_ENTRY).count();
  }

  /** Per state of {@code phone}, the states that its transitions lead to; null if unknown. */
  int[][] destinations(int phone) {
    boolean known = phone >= 0 && phone < entryOfPhone.length && entryOfPhone[phone] != NO_ENTRY;
    return known ? entries.get(entryOfPhone[phone]) : null;
  }

  /** Reads the topology with its tags. */
  static HmmTopology read(KaldiInput in, boolean binary) throws IOException {
    in.expectToken("<Topology>");
    HmmTopology topology = binary ? readBinary(in) : readText(in);
    for (int phone = 0; phone < topology.entryOfPhone.length; phone++) {
      int entry = topology.entryOfPhone[phone];
      if (entry < NO_ENTRY || entry >= topology.entries.size()) {
        throw in.fault(
            "phone " + phone + " has topology entry " + entry + " of " + topology.entries.size());
      }
    }
    for (int[][] states : topology.entries) {
      for (int[] destinations : states) {
        for (int destination : destinations) {
          if (destination < 0 || destination >= states.length) {
            throw in.fault("a transition leads to state " + destination + " of " + states.length);
          }
        }
      }
    }
    return topology;
  }

  private static HmmTopology readBinary(KaldiInput in) throws IOException {
    in.readInts(in.readSizedInt32());
    int[] entryOfPhone = in.readInts(in.readSizedInt32());
    int count = in.readSizedInt32();
    // A model whose self-loops have pdfs of their own says so by this number.
    boolean selfLoopPdfs = count == -1;
    if (selfLoopPdfs) {
      count = in.readSizedInt32();
    }
    in.requireAvailable(count, 5, "topology entries");
    List<int[][]> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[][] states = new int[stored(in, in.readSizedInt32(), STATE_BYTES, "states")][];
      for (int state = 0; state < states.length; state++) {
        in.readSizedInt32();
        if (selfLoopPdfs) {
          in.readSizedInt32();
        }
        states[state] = new int[stored(in, in.readSizedInt32(), TRANSITION_BYTES, "transitions")];
        for (int k = 0; k < states[state].length; k++) {
          states[state][k] = in.readSizedInt32();
          ModelNumbers.skipFloat(in, true);
        }
      }
      entries.add(states);
    }
    in.expectToken("</Topology>");
    return new HmmTopology(entryOfPhone, entries);
  }

  private static HmmTopology readText(KaldiInput in) throws IOException {
    int[] entryOfPhone = new int[0];
    List<int[][]> entries = new ArrayList<>();
    String token = in.readToken();
    while (token.equals("<TopologyEntry>")) {
      in.expectToken("<ForPhones>");
      for (token = in.readToken(); !token.equals("</ForPhones>"); token = in.readToken()) {
        int phone = bounded(in, IntVectorHolder.parse(in, token), "of a phone");
        if (phone >= entryOfPhone.length) {
          int known = entryOfPhone.length;
          entryOfPhone = Arrays.copyOf(entryOfPhone, Math.max(phone + 1, known * 3 / 2));
          Arrays.fill(entryOfPhone, known, entryOfPhone.length, NO_ENTRY);
        }
        entryOfPhone[phone] = entries.size();
      }
      entries.add(readTextStates(in));
      token = in.readToken();
    }
    if (!token.equals("</Topology>")) {
      throw in.fault("expected </Topology> but found '" + KaldiInput.brief(token) + "'");
    }
    return new HmmTopology(entryOfPhone, entries);
  }

  private static int[][] readTextStates(KaldiInput in) throws IOException {
    List<int[]> states = new ArrayList<>();
    String token = in.readToken();
    while (token.equals("<State>")) {
      ModelNumbers.readInt(in, false);
      List<Integer> destinations = new ArrayList<>();
      for (token = in.readToken(); !token.equals("</State>"); token = in.readToken()) {
        switch (token) {
          case "<PdfClass>", "<ForwardPdfClass>", "<SelfLoopPdfClass>" ->
              ModelNumbers.readInt(in, false);
          case "<Transition>" -> {
            destinations.add(ModelNumbers.readInt(in, false));
            ModelNumbers.skipFloat(in, false);
          }
          default ->
              throw in.fault("expected </State> but found '" + KaldiInput.brief(token) + "'");
        }
      }
      states.add(destinations.stream().mapToInt(Integer::intValue).toArray());
      token = in.readToken();
    }
    if (!token.equals("</TopologyEntry>")) {
      throw in.fault("expected </TopologyEntry> but found '" + KaldiInput.brief(token) + "'");
    }
    return states.toArray(new int[0][]);
  }

  /** A number of things, if the data that is left can hold so many. */
  private static int stored(KaldiInput in, int count, int bytesEach, String what)
      throws IOException {
    in.requireAvailable(count, bytesEach, what);
    return bounded(in, count, what);
  }

  private static int bounded(KaldiInput in, int count, String what) {
    if (count < 0 || count > MOST) {
      throw in.fault("implausible number " + count + " " + what + "; expected 0 to " + MOST);
    }
    return count;
  }
}
