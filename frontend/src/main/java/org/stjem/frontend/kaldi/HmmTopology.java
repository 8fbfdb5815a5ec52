package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.stjem.frontend.io.StjemException;

/**
 * The states and transitions of every phone's HMM, as stored in {@code topo} and in models
 * (hmm/hmm-topology.cc).
 */
public final class HmmTopology {
  private static final int NO_ENTRY = -1;

  /** Most states or transitions of one HMM, and greatest number of a phone. */
  private static final int MOST = 100_000;

  /** A number and two sizes, in binary. */
  private static final int STATE_BYTES = 10;

  /** A state and a probability, in binary. */
  private static final int TRANSITION_BYTES = 10;

  /** The pdf class of a state that emits nothing. */
  private static final int NO_PDF = -1;

  private final int[] entryOfPhone;

  /** Per entry and state, the states that its transitions lead to; the last state is final. */
  private final List<int[][]> entries;

  /** Per entry and state, what decoding does not need but a copy of the model does. */
  private final List<List<StateDetails>> details;

  private final boolean selfLoopPdfs;

  /**
   * The rest of a state.
   *
   * @param pdfClass {@link #NO_PDF} if it emits nothing
   * @param selfLoopPdfClass the same, unless self-loops have pdfs of their own
   * @param probabilities initial probability of each transition
   */
  private record StateDetails(int pdfClass, int selfLoopPdfClass, float[] probabilities) {}

  private HmmTopology(
      int[] entryOfPhone,
      List<int[][]> entries,
      List<List<StateDetails>> details,
      boolean selfLoopPdfs) {
    this.entryOfPhone = entryOfPhone;
    this.entries = entries;
    this.details = details;
    this.selfLoopPdfs = selfLoopPdfs;
  }

  /**
   * Reads a {@code topo} file.
   *
   * @throws StjemException if it cannot be read or is no topology
   */
  public static HmmTopology read(String rxfilename) {
    try (KaldiInput in = KaldiInput.open(rxfilename)) {
      try {
        return read(in, in.readBinaryHeader());
      } catch (StjemException e) {
        throw new StjemException("topology " + in.name() + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot read topology " + rxfilename + ": " + StjemException.reason(e), e);
    }
  }

  /** The phones that have an HMM, ascending. */
  public int[] phones() {
    return phones(entry -> entry != NO_ENTRY);
  }

  /** Whether all phones have the same states and transitions, with whatever probabilities. */
  public boolean isLike(HmmTopology other) {
    return Arrays.equals(phones(), other.phones())
        && Arrays.stream(phones())
            .allMatch(
                phone ->
                    Arrays.deepEquals(destinations(phone), other.destinations(phone))
                        && Arrays.equals(pdfClasses(phone), other.pdfClasses(phone)));
  }

  private int[] pdfClasses(int phone) {
    return details.get(entryOfPhone[phone]).stream()
        .flatMapToInt(state -> IntStream.of(state.pdfClass, state.selfLoopPdfClass))
        .toArray();
  }

  /** Number of pdf classes of a phone: one more than the largest of its states. */
  public int numPdfClasses(int phone) {
    return 1
        + details.get(entryOfPhone[phone]).stream()
            .mapToInt(state -> Math.max(state.pdfClass, state.selfLoopPdfClass))
            .max()
            .orElse(NO_PDF);
  }

  /** Class of the pdf of a phone's state; negative if it emits nothing. */
  public int pdfClass(int phone, int state) {
    return details.get(entryOfPhone[phone]).get(state).pdfClass;
  }

  /** The same of its self-loop, which is another one in chain models. */
  public int selfLoopPdfClass(int phone, int state) {
    return details.get(entryOfPhone[phone]).get(state).selfLoopPdfClass;
  }

  /** Initial probability of a transition of a phone's state. */
  float probability(int phone, int state, int transition) {
    return details.get(entryOfPhone[phone]).get(state).probabilities[transition];
  }

  /** Number of phones that have an HMM. */
  int numPhones() {
    return (int) Arrays.stream(entryOfPhone).filter(entry -> entry != NO_ENTRY).count();
  }

  /** Whether self-loops have pdfs of their own, as in chain models. */
  boolean hasSelfLoopPdfs() {
    return selfLoopPdfs;
  }

  /** Per state of {@code phone}, the states that its transitions lead to; null if unknown. */
  public int[][] destinations(int phone) {
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
    List<List<StateDetails>> details = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[][] states = new int[stored(in, in.readSizedInt32(), STATE_BYTES, "states")][];
      List<StateDetails> detailsOfEntry = new ArrayList<>();
      for (int state = 0; state < states.length; state++) {
        int pdfClass = in.readSizedInt32();
        int selfLoopPdfClass = selfLoopPdfs ? in.readSizedInt32() : pdfClass;
        states[state] = new int[stored(in, in.readSizedInt32(), TRANSITION_BYTES, "transitions")];
        float[] probabilities = new float[states[state].length];
        for (int k = 0; k < states[state].length; k++) {
          states[state][k] = in.readSizedInt32();
          probabilities[k] = ModelNumbers.readFloat(in, true);
        }
        detailsOfEntry.add(new StateDetails(pdfClass, selfLoopPdfClass, probabilities));
      }
      entries.add(states);
      details.add(detailsOfEntry);
    }
    in.expectToken("</Topology>");
    return new HmmTopology(entryOfPhone, entries, details, selfLoopPdfs);
  }

  private static HmmTopology readText(KaldiInput in) throws IOException {
    int[] entryOfPhone = new int[0];
    List<int[][]> entries = new ArrayList<>();
    List<List<StateDetails>> details = new ArrayList<>();
    boolean selfLoopPdfs = false;
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
      List<StateDetails> detailsOfEntry = new ArrayList<>();
      selfLoopPdfs |= readTextStates(in, entries, detailsOfEntry);
      details.add(detailsOfEntry);
      token = in.readToken();
    }
    if (!token.equals("</Topology>")) {
      throw in.fault("expected </Topology> but found '" + KaldiInput.brief(token) + "'");
    }
    return new HmmTopology(entryOfPhone, entries, details, selfLoopPdfs);
  }

  /** Reads the states of an entry; tells whether self-loops have pdfs of their own. */
  private static boolean readTextStates(
      KaldiInput in, List<int[][]> entries, List<StateDetails> details) throws IOException {
    List<int[]> states = new ArrayList<>();
    boolean selfLoopPdfs = false;
    String token = in.readToken();
    while (token.equals("<State>")) {
      ModelNumbers.readInt(in, false);
      List<Integer> destinations = new ArrayList<>();
      List<Float> probabilities = new ArrayList<>();
      int pdfClass = NO_PDF;
      int selfLoopPdfClass = NO_PDF;
      for (token = in.readToken(); !token.equals("</State>"); token = in.readToken()) {
        switch (token) {
          case "<PdfClass>" -> {
            pdfClass = ModelNumbers.readInt(in, false);
            selfLoopPdfClass = pdfClass;
          }
          case "<ForwardPdfClass>" -> {
            pdfClass = ModelNumbers.readInt(in, false);
            selfLoopPdfs = true;
          }
          case "<SelfLoopPdfClass>" -> selfLoopPdfClass = ModelNumbers.readInt(in, false);
          case "<Transition>" -> {
            destinations.add(ModelNumbers.readInt(in, false));
            probabilities.add(ModelNumbers.readFloat(in, false));
          }
          default ->
              throw in.fault("expected </State> but found '" + KaldiInput.brief(token) + "'");
        }
      }
      states.add(destinations.stream().mapToInt(Integer::intValue).toArray());
      float[] values = new float[probabilities.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = probabilities.get(i);
      }
      details.add(new StateDetails(pdfClass, selfLoopPdfClass, values));
      token = in.readToken();
    }
    if (!token.equals("</TopologyEntry>")) {
      throw in.fault("expected </TopologyEntry> but found '" + KaldiInput.brief(token) + "'");
    }
    entries.add(states.toArray(new int[0][]));
    return selfLoopPdfs;
  }

  /** Writes the topology with its tags, as Kaldi would. */
  void write(KaldiOutput out, boolean binary) throws IOException {
    out.writeText(binary ? "<Topology> " : "<Topology> \n");
    if (binary) {
      writeBinary(out);
    } else {
      for (int entry = 0; entry < entries.size(); entry++) {
        writeText(out, entry);
      }
    }
    out.writeText(binary ? "</Topology> " : "</Topology> \n");
  }

  private void writeBinary(KaldiOutput out) throws IOException {
    int[] phones = phones();
    int known = phones.length == 0 ? 0 : phones[phones.length - 1] + 1;
    writeInts(out, phones);
    writeInts(out, Arrays.copyOf(entryOfPhone, known));
    if (selfLoopPdfs) {
      out.writeSizedInt32(-1);
    }
    out.writeSizedInt32(entries.size());
    for (int entry = 0; entry < entries.size(); entry++) {
      int[][] states = entries.get(entry);
      out.writeSizedInt32(states.length);
      for (int state = 0; state < states.length; state++) {
        StateDetails rest = details.get(entry).get(state);
        out.writeSizedInt32(rest.pdfClass);
        if (selfLoopPdfs) {
          out.writeSizedInt32(rest.selfLoopPdfClass);
        }
        out.writeSizedInt32(states[state].length);
        for (int k = 0; k < states[state].length; k++) {
          out.writeSizedInt32(states[state][k]);
          out.write(Float.BYTES);
          out.writeFloats(rest.probabilities[k]);
        }
      }
    }
  }

  private void writeText(KaldiOutput out, int entry) throws IOException {
    out.writeText("<TopologyEntry> \n<ForPhones> \n");
    for (int phone : phones(other -> other == entry)) {
      out.writeText(phone + " ");
    }
    out.writeText("\n</ForPhones> \n");
    int[][] states = entries.get(entry);
    for (int state = 0; state < states.length; state++) {
      StateDetails rest = details.get(entry).get(state);
      out.writeText("<State> " + state + " ");
      if (rest.pdfClass != NO_PDF) {
        out.writeText(
            selfLoopPdfs
                ? "<ForwardPdfClass> "
                    + rest.pdfClass
                    + " <SelfLoopPdfClass> "
                    + rest.selfLoopPdfClass
                    + " "
                : "<PdfClass> " + rest.pdfClass + " ");
      }
      for (int k = 0; k < states[state].length; k++) {
        out.writeText("<Transition> " + states[state][k] + " " + rest.probabilities[k] + " ");
      }
      out.writeText("</State> \n");
    }
    out.writeText("</TopologyEntry> \n");
  }

  private int[] phones(IntPredicate entries) {
    return IntStream.range(0, entryOfPhone.length)
        .filter(phone -> entries.test(entryOfPhone[phone]))
        .toArray();
  }

  private static void writeInts(KaldiOutput out, int[] values) throws IOException {
    out.writeSizedInt32(values.length);
    for (int value : values) {
      out.writeInt32(value);
    }
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
