package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The states and transitions of every phone's HMM, as stored in a model (hmm/hmm-topology.cc). */
final class HmmTopology {
  /**
   * A state of an HMM.
   *
   * @param destinations the state each transition leads to
   */
  record State(int[] destinations) {}

  private static final int NO_ENTRY = -1;

  /** Most states or transitions that one HMM may have. */
  private static final int MOST = 10_000;

  private final int[] entryOfPhone;
  private final List<List<State>> entries;

  private HmmTopology(int[] entryOfPhone, List<List<State>> entries) {
    this.entryOfPhone = entryOfPhone;
    this.entries = entries;
  }

  /** Number of phones that have an HMM. */
  int numPhones() {
    return (int) Arrays.stream(entryOfPhone).filter(entry -> entry != NO_ENTRY).count();
  }

  /** The states of {@code phone}, the last one final; null if there is no such phone. */
  List<State> states(int phone) {
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
    return topology;
  }

  private static HmmTopology readBinary(KaldiInput in) throws IOException {
    in.readModelInts();
    int[] entryOfPhone = in.readModelInts();
    int count = in.readSizedInt32();
    // A model whose self-loops have pdfs of their own says so by this number.
    boolean selfLoopPdfs = count == -1;
    if (selfLoopPdfs) {
      count = in.readSizedInt32();
    }
    in.requireAvailable(count, 5, "topology entries");
    List<List<State>> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int size = bounded(in, in.readSizedInt32(), "states");
      List<State> states = new ArrayList<>(size);
      for (int j = 0; j < size; j++) {
        in.readSizedInt32();
        if (selfLoopPdfs) {
          in.readSizedInt32();
        }
        int[] destinations = new int[bounded(in, in.readSizedInt32(), "transitions")];
        for (int k = 0; k < destinations.length; k++) {
          destinations[k] = destination(in, in.readSizedInt32(), size);
          in.readModelFloat(true);
        }
        states.add(new State(destinations));
      }
      entries.add(states);
    }
    in.expectToken("</Topology>");
    return new HmmTopology(entryOfPhone, entries);
  }

  private static HmmTopology readText(KaldiInput in) throws IOException {
    int[] entryOfPhone = new int[0];
    List<List<State>> entries = new ArrayList<>();
    String token = in.readToken();
    while (token.equals("<TopologyEntry>")) {
      in.expectToken("<ForPhones>");
      for (token = in.readToken(); !token.equals("</ForPhones>"); token = in.readToken()) {
        int phone = bounded(in, IntVectorHolder.parse(in, token), "as a phone");
        if (phone >= entryOfPhone.length) {
          int known = entryOfPhone.length;
          entryOfPhone = Arrays.copyOf(entryOfPhone, phone + 1);
          Arrays.fill(entryOfPhone, known, phone + 1, NO_ENTRY);
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

  private static List<State> readTextStates(KaldiInput in) throws IOException {
    List<State> states = new ArrayList<>();
    String token = in.readToken();
    while (token.equals("<State>")) {
      in.readModelInt(false);
      List<Integer> destinations = new ArrayList<>();
      for (token = in.readToken(); !token.equals("</State>"); token = in.readToken()) {
        switch (token) {
          case "<PdfClass>", "<ForwardPdfClass>", "<SelfLoopPdfClass>" -> in.readModelInt(false);
          case "<Transition>" -> {
            destinations.add(in.readModelInt(false));
            in.readModelFloat(false);
          }
          default ->
              throw in.fault("expected </State> but found '" + KaldiInput.brief(token) + "'");
        }
      }
      states.add(new State(destinations.stream().mapToInt(Integer::intValue).toArray()));
      token = in.readToken();
    }
    if (!token.equals("</TopologyEntry>")) {
      throw in.fault("expected </TopologyEntry> but found '" + KaldiInput.brief(token) + "'");
    }
    for (State state : states) {
      for (int destination : state.destinations) {
        destination(in, destination, states.size());
      }
    }
    return states;
  }

  private static int bounded(KaldiInput in, int count, String what) throws IOException {
    if (count < 0 || count > MOST) {
      throw in.fault("implausible number " + count + " " + what + "; expected 0 to " + MOST);
    }
    return count;
  }

  private static int destination(KaldiInput in, int state, int states) {
    if (state < 0 || state >= states) {
      throw in.fault("a transition leads to state " + state + " of " + states);
    }
    return state;
  }
}
