package org.stjem.acoustic.forced;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.stjem.acoustic.decode.Fst;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Finds the transition-ids of an utterance whose words are known: the best path through the HMMs of
 * all its pronunciations, with optional silence between words. Thread-safe.
 */
public final class ForcedAligner {
  private final int numPdfs;
  private final PhoneHmms hmms;
  private final WordArcs lexicon;
  private final AlignmentOptions options;

  /**
   * An alignment.
   *
   * @param transitionIds one per frame
   * @param logLikelihood of all frames, with transitions and pronunciations, divided by the
   *     acoustic scale
   */
  public record Alignment(int[] transitionIds, double logLikelihood) {}

  /**
   * Prepares to align.
   *
   * @param tree the decision tree that the model was made of
   * @param lexicon Kaldi's {@code L.fst}, from phones to words, without disambiguation symbols
   * @throws StjemException if model and tree do not fit
   */
  public ForcedAligner(
      TransitionModel model, ContextDependency tree, Fst lexicon, AlignmentOptions options) {
    if (tree.numPdfs() != model.numPdfs()) {
      throw new StjemException(
          "the tree has "
              + tree.numPdfs()
              + " pdfs, but the model has "
              + model.numPdfs()
              + "; they do not belong together");
    }
    this.numPdfs = model.numPdfs();
    this.hmms = new PhoneHmms(model, tree, options.transitionScale(), options.selfLoopScale());
    this.lexicon = new WordArcs(lexicon);
    this.options = options;
  }

  /** Number of columns that log-likelihoods must have. */
  public int numPdfs() {
    return numPdfs;
  }

  /**
   * A phone of a transcript.
   *
   * @param phone its id
   * @param pdfs of its states that consume frames
   */
  public record Phone(int phone, int[] pdfs) {}

  /**
   * The phones of an utterance whose silences are not known yet: those of the likeliest
   * pronunciation of each word, with the pdfs that they have in their contexts.
   *
   * @param words ids of its words
   * @param name says what a word is called, for messages
   * @param optionalSilence phone to leave out
   * @throws EntryException if a word has no pronunciation
   */
  public List<Phone> phones(int[] words, IntFunction<String> name, int optionalSilence) {
    List<Integer> phones = PhoneGraph.compose(lexicon, words, name).cheapest(optionalSilence);
    List<Phone> inContext = new ArrayList<>();
    int width = hmms.tree().width();
    for (int i = 0; i < phones.size(); i++) {
      int[] window = new int[width];
      for (int j = 0; j < width; j++) {
        int at = i + j - hmms.tree().centralPosition();
        window[j] = at >= 0 && at < phones.size() ? phones.get(at) : 0;
      }
      inContext.add(new Phone(phones.get(i), hmms.of(window).pdfs()));
    }
    return inContext;
  }

  /**
   * Aligns an utterance.
   *
   * @param words ids of its words
   * @param name says what a word is called, for messages
   * @param loglikes log-likelihoods {@code [frames, pdfs]}, not scaled
   * @throws EntryException if it cannot be aligned; says why
   */
  public Alignment align(int[] words, IntFunction<String> name, FloatMatrix loglikes) {
    if (loglikes.rows() == 0) {
      throw new EntryException("it has no frames");
    }
    if (loglikes.cols() != numPdfs) {
      throw new EntryException(
          "its log-likelihoods have "
              + loglikes.cols()
              + " columns, but the model has "
              + numPdfs
              + " pdfs");
    }
    HmmGraph graph = new HmmGraph(hmms, PhoneGraph.compose(lexicon, words, name));
    Viterbi.Path path = search(graph, loglikes, options.beam());
    if (path == null && options.retryBeam() > 0) {
      path = search(graph, loglikes, options.retryBeam());
    }
    if (path == null) {
      int fewest = graph.fewestFrames();
      throw new EntryException(
          loglikes.rows() < fewest
              ? "its "
                  + loglikes.rows()
                  + " frames are too few for its transcript, which takes "
                  + fewest
                  + " or more"
              : "no path through its transcript is left within the beam");
    }
    return new Alignment(path.transitionIds(), -path.cost() / options.acousticScale());
  }

  private Viterbi.Path search(HmmGraph graph, FloatMatrix loglikes, double beam) {
    return new Viterbi(graph, loglikes, options.acousticScale(), beam).search(options.reorder());
  }
}
