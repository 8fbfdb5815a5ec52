package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/**
 * The transition model at the start of a Kaldi {@code final.mdl}: what each transition-id of
 * alignments and decoding graphs stands for (hmm/transition-model.h).
 *
 * <p>Transition-ids run from 1, and so do transition-states, the tuples of phone, HMM state, pdf
 * and self-loop pdf; pdfs run from 0. Methods that take a transition-id throw a {@link
 * StjemException} if it is out of range.
 */
public final class TransitionModel {
  /** So many pdfs a model may have, however few its transition-states are. */
  private static final int FEW_PDFS = 1 << 14;

  /** Leaving a state is at least so probable, whatever the probability of its self-loop. */
  private static final double LEAST_LEAVING = 1e-10;

  private final HmmTopology topology;

  /** Phone, HMM state, forward pdf, self-loop pdf of each transition-state less one. */
  private final int[][] tuples;

  private final int[] stateOfId;
  private final int[] firstIdOfState;
  private final int[] pdfOfId;
  private final float[] logProbs;
  private final int numPdfs;

  private TransitionModel(HmmTopology topology, int[][] tuples, float[] logProbs) {
    this.topology = topology;
    this.tuples = tuples;
    this.logProbs = logProbs;
    this.stateOfId = new int[logProbs.length];
    this.pdfOfId = new int[logProbs.length];
    this.firstIdOfState = new int[tuples.length + 2];
    int id = 1;
    int largest = -1;
    for (int state = 1; state <= tuples.length; state++) {
      int[] tuple = tuples[state - 1];
      firstIdOfState[state] = id;
      for (int destination : topology.destinations(tuple[0])[tuple[1]]) {
        stateOfId[id] = state;
        pdfOfId[id] = destination == tuple[1] ? tuple[3] : tuple[2];
        id++;
      }
      largest = Math.max(largest, Math.max(tuple[2], tuple[3]));
    }
    firstIdOfState[tuples.length + 1] = id;
    this.numPdfs = largest + 1;
  }

  /**
   * Makes the transition model of a tree, with the probabilities of the topology.
   *
   * @throws StjemException if self-loops have pdfs of their own in the topology, if the tree has no
   *     pdf for a state, or if a transition has no probability
   */
  public static TransitionModel of(HmmTopology topology, ContextDependency tree) {
    if (topology.hasSelfLoopPdfs()) {
      throw new StjemException(
          "the topology has pdfs of their own for self-loops, as chain models");
    }
    List<int[]> tuples = new ArrayList<>();
    List<Float> logProbs = new ArrayList<>();
    for (int phone : topology.phones()) {
      int[][] states = topology.destinations(phone);
      for (int state = 0; state < states.length; state++) {
        int pdfClass = topology.pdfClass(phone, state);
        if (pdfClass < 0) {
          continue;
        }
        List<Integer> pdfs = tree.pdfs(phone, pdfClass);
        if (pdfs.isEmpty()) {
          throw new StjemException("the tree has no pdf for state " + state + " of phone " + phone);
        }
        for (int pdf : pdfs) {
          tuples.add(new int[] {phone, state, pdf, pdf});
          for (int i = 0; i < states[state].length; i++) {
            logProbs.add(logProb(topology, phone, state, i));
          }
        }
      }
    }
    float[] values = new float[logProbs.size() + 1];
    for (int id = 1; id < values.length; id++) {
      values[id] = logProbs.get(id - 1);
    }
    return new TransitionModel(topology, tuples.toArray(new int[0][]), values);
  }

  private static float logProb(HmmTopology topology, int phone, int state, int transition) {
    float probability = topology.probability(phone, state, transition);
    if (!(probability > 0 && probability <= 1)) {
      throw new StjemException(
          "a transition of state "
              + state
              + " of phone "
              + phone
              + " has the probability "
              + probability
              + " in the topology; it must be above 0 and not above 1");
    }
    return (float) Math.log(probability);
  }

  /**
   * Reads the transition model of a model file and leaves the acoustic model behind it unread.
   *
   * @throws StjemException if the file cannot be read or does not start with a transition model
   */
  public static TransitionModel read(String rxfilename) {
    try (KaldiInput in = KaldiInput.open(rxfilename)) {
      try {
        return read(in);
      } catch (StjemException e) {
        throw new StjemException("model " + in.name() + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot read model " + rxfilename + ": " + StjemException.reason(e), e);
    }
  }

  private static TransitionModel read(KaldiInput in) throws IOException {
    boolean binary = in.readBinaryHeader();
    in.expectToken("<TransitionModel>");
    HmmTopology topology = HmmTopology.read(in, binary);
    String kind = in.readToken();
    in.read();
    boolean selfLoopPdfs = kind.equals("<Tuples>");
    if (!selfLoopPdfs && !kind.equals("<Triples>")) {
      throw in.fault("expected <Triples> or <Tuples> but found '" + KaldiInput.brief(kind) + "'");
    }
    int count = ModelNumbers.readInt(in, binary);
    in.requireAvailable(count, binary ? 15 : 6, "transition-states");
    // Kaldi numbers pdfs without gaps; some room is left for models that lost phones.
    long mostPdfs = Math.max(FEW_PDFS, 2L * count);
    List<int[]> tuples = new ArrayList<>();
    long transitions = 0;
    for (int i = 0; i < count; i++) {
      int[] tuple = new int[4];
      for (int j = 0; j < (selfLoopPdfs ? 4 : 3); j++) {
        tuple[j] = ModelNumbers.readInt(in, binary);
      }
      if (!selfLoopPdfs) {
        tuple[3] = tuple[2];
      }
      transitions += transitions(in, topology, tuple, i + 1, mostPdfs);
      tuples.add(tuple);
    }
    in.expectToken(kind.replace("<", "</"));
    in.expectToken("<LogProbs>");
    float[] logProbs = FloatVectorHolder.readVector(in, binary);
    if (logProbs.length != transitions + 1) {
      throw in.fault(
          logProbs.length
              + " log-probabilities do not fit "
              + transitions
              + " transition-ids; expected "
              + (transitions + 1));
    }
    in.expectToken("</LogProbs>");
    in.expectToken("</TransitionModel>");
    return new TransitionModel(topology, tuples.toArray(new int[0][]), logProbs);
  }

  /** Number of transitions of a transition-state. */
  private static int transitions(
      KaldiInput in, HmmTopology topology, int[] tuple, int number, long mostPdfs) {
    int[][] states = topology.destinations(tuple[0]);
    if (states == null) {
      throw in.fault("transition-state " + number + " has unknown phone " + tuple[0]);
    }
    if (tuple[1] < 0 || tuple[1] >= states.length) {
      throw in.fault(
          "transition-state " + number + " has HMM state " + tuple[1] + " of " + states.length);
    }
    for (int pdf : new int[] {tuple[2], tuple[3]}) {
      if (pdf < 0 || pdf >= mostPdfs) {
        throw in.fault(
            "transition-state " + number + " has pdf " + pdf + ", expected 0 to " + (mostPdfs - 1));
      }
    }
    return states[tuple[1]].length;
  }

  /** Writes a model file of a transition model alone. */
  public void write(String wxfilename, boolean binary) {
    KaldiObjects.write(
        wxfilename,
        binary,
        this,
        (out, inBinary, model) -> {
          if (inBinary) {
            out.writeBinaryHeader();
          }
          write(out, inBinary);
        });
  }

  /**
   * Writes the transition model with its tags, as it stands at the start of a model file behind the
   * binary header. A model that Kaldi wrote gets the same bytes again.
   *
   * @param binary as the rest of the file
   */
  public void write(KaldiOutput out, boolean binary) throws IOException {
    String end = binary ? " " : " \n";
    boolean selfLoopPdfs = topology.hasSelfLoopPdfs();
    String kind = selfLoopPdfs ? "Tuples>" : "Triples>";
    out.writeText("<TransitionModel>" + end);
    topology.write(out, binary);
    out.writeText("<" + kind + " ");
    writeInt(out, binary, tuples.length);
    out.writeText(binary ? "" : "\n");
    for (int[] tuple : tuples) {
      for (int i = 0; i < (selfLoopPdfs ? 4 : 3); i++) {
        writeInt(out, binary, tuple[i]);
      }
      out.writeText(binary ? "" : "\n");
    }
    out.writeText("</" + kind + end + "<LogProbs>" + end);
    if (binary) {
      out.writeText("FV ");
      out.writeSizedInt32(logProbs.length);
      out.writeFloats(logProbs);
    } else {
      out.writeText(" [ ");
      for (float logProb : logProbs) {
        out.writeText(logProb + " ");
      }
      out.writeText("]\n");
    }
    out.writeText("</LogProbs>" + end + "</TransitionModel>" + end);
  }

  private static void writeInt(KaldiOutput out, boolean binary, int value) throws IOException {
    if (binary) {
      out.writeSizedInt32(value);
    } else {
      out.writeText(value + " ");
    }
  }

  /** Number of pdfs: acoustic models have so many outputs. */
  public int numPdfs() {
    return numPdfs;
  }

  /** The largest transition-id. */
  public int numTransitionIds() {
    return logProbs.length - 1;
  }

  /** Number of transition-states. */
  public int numTransitionStates() {
    return tuples.length;
  }

  /** Number of phones. */
  public int numPhones() {
    return topology.numPhones();
  }

  /** The transition-state that a transition leaves. */
  public int transitionState(int transitionId) {
    if (transitionId < 1 || transitionId >= stateOfId.length) {
      throw new StjemException(
          "there is no transition-id "
              + transitionId
              + ": transition-ids start at 1, and the model's go to "
              + numTransitionIds()
              + (transitionId == 0 ? "; pdf-ids, which ali-to-pdf writes, start at 0" : ""));
    }
    return stateOfId[transitionId];
  }

  /**
   * The pdf of the frame that a transition consumes.
   *
   * @throws StjemException if the model has no such transition-id
   */
  public int pdf(int transitionId) {
    transitionState(transitionId);
    return pdfOfId[transitionId];
  }

  /**
   * The pdfs of an alignment.
   *
   * @param transitionIds one transition-id per frame
   * @return one pdf-id per frame
   * @throws StjemException if one is not a transition-id of this model; names frame and value
   */
  public int[] pdfs(int[] transitionIds) {
    int[] pdfs = new int[transitionIds.length];
    for (int t = 0; t < pdfs.length; t++) {
      try {
        pdfs[t] = pdf(transitionIds[t]);
      } catch (StjemException e) {
        throw new StjemException("frame " + t + " of the alignment: " + e.getMessage(), e);
      }
    }
    return pdfs;
  }

  /** The HMMs of the phones. */
  public HmmTopology topology() {
    return topology;
  }

  /**
   * The first transition-id of an HMM state with a pdf; those of its other transitions follow in
   * the order of the topology.
   *
   * @throws StjemException if the model has no such state
   */
  public int firstTransitionId(int phone, int hmmState, int pdf) {
    return firstTransitionId(phone, hmmState, pdf, pdf);
  }

  /**
   * The same of a state whose self-loop may have a pdf of its own, as in chain models.
   *
   * @throws StjemException if the model has no such state
   */
  public int firstTransitionId(int phone, int hmmState, int pdf, int selfLoopPdf) {
    int[] wanted = {phone, hmmState, pdf, selfLoopPdf};
    int low = Arrays.binarySearch(tuples, wanted, Arrays::compare);
    if (low < 0) {
      throw new StjemException(
          "the model has no state "
              + hmmState
              + " of phone "
              + phone
              + " with pdf "
              + pdf
              + (selfLoopPdf == pdf ? "" : " and self-loop pdf " + selfLoopPdf)
              + ": does the tree belong to it?");
    }
    return firstIdOfState[low + 1];
  }

  /** The phone whose HMM a transition belongs to. */
  public int phone(int transitionId) {
    return tuples[transitionState(transitionId) - 1][0];
  }

  /** The HMM state that a transition leaves. */
  public int hmmState(int transitionId) {
    return tuples[transitionState(transitionId) - 1][1];
  }

  /** The HMM state that a transition leads to. */
  public int nextHmmState(int transitionId) {
    return states(transitionId)[hmmState(transitionId)][transitionIndex(transitionId)];
  }

  /** Which of the transitions that leave its state a transition is, counted from 0. */
  public int transitionIndex(int transitionId) {
    return transitionId - firstIdOfState[transitionState(transitionId)];
  }

  private int[][] states(int transitionId) {
    return topology.destinations(phone(transitionId));
  }

  /** Whether a transition stays in its HMM state. */
  public boolean isSelfLoop(int transitionId) {
    return nextHmmState(transitionId) == hmmState(transitionId);
  }

  /** Whether a transition leaves its phone. */
  public boolean isFinal(int transitionId) {
    return nextHmmState(transitionId) == states(transitionId).length - 1;
  }

  /** The same model with other probabilities. */
  TransitionModel withLogProbs(float[] values) {
    return new TransitionModel(topology, tuples, values);
  }

  /** The transition-ids of a transition-state run from here up to that of the next one. */
  int firstTransitionId(int transitionState) {
    return firstIdOfState[transitionState];
  }

  /** Natural logarithm of a transition's probability. */
  public float logProb(int transitionId) {
    transitionState(transitionId);
    return logProbs[transitionId];
  }

  /** The transition-id that stays in a transition-state; 0 if there is none. */
  public int selfLoop(int transitionState) {
    for (int id = firstIdOfState[transitionState]; id < firstIdOfState[transitionState + 1]; id++) {
      if (isSelfLoop(id)) {
        return id;
      }
    }
    return 0;
  }

  /** Natural logarithm of the probability to leave a transition-state. */
  public float leavingLogProb(int transitionState) {
    int loop = selfLoop(transitionState);
    return loop == 0 ? 0 : (float) Math.log(Math.max(LEAST_LEAVING, 1 - Math.exp(logProbs[loop])));
  }

  /** Natural logarithm of a transition's probability among those that leave its state. */
  public float logProbIgnoringSelfLoop(int transitionId) {
    return logProb(transitionId) - leavingLogProb(transitionState(transitionId));
  }
}
