package org.stjem.acoustic.flatstart;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.forced.AlignmentOptions;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.acoustic.forced.Transcripts;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.IntegerLines;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * What a flat start takes from a language directory, and the monophone system that is made of it.
 *
 * @param optionalSilence the phone between words
 * @param silence all phones of silence
 */
record StartingLang(
    TransitionModel model,
    ContextDependency tree,
    Fst lexicon,
    Transcripts transcripts,
    int optionalSilence,
    Set<Integer> silence) {
  /**
   * Reads a language directory.
   *
   * @throws StjemException if a file is missing or cannot be used
   */
  static StartingLang read(Path lang) {
    HmmTopology topology = HmmTopology.read(ByteNames.of(lang.resolve("topo")));
    ContextDependency tree = monophone(topology, lang.resolve("phones/sets.int"));
    Path optionalFile = lang.resolve("phones/optional_silence.int");
    List<int[]> optional = IntegerLines.read(optionalFile);
    if (optional.size() != 1 || optional.get(0).length != 1) {
      throw new StjemException(optionalFile + " must hold one phone");
    }
    Set<Integer> silence = new HashSet<>();
    IntegerLines.read(lang.resolve("phones/silence.int"))
        .forEach(line -> Arrays.stream(line).forEach(silence::add));
    Transcripts transcripts = Transcripts.read(lang);
    return new StartingLang(
        TransitionModel.of(topology, tree),
        tree,
        transcripts.readLexicon(lang),
        transcripts,
        optional.get(0)[0],
        silence);
  }

  private static ContextDependency monophone(HmmTopology topology, Path sets) {
    List<int[]> phones = IntegerLines.read(sets);
    try {
      return ContextDependency.monophone(topology, phones);
    } catch (StjemException e) {
      throw new StjemException(sets + ": " + e.getMessage(), e);
    }
  }

  /** The same with other transition probabilities. */
  StartingLang with(TransitionModel other) {
    return with(other, tree);
  }

  /** The same with another system. */
  StartingLang with(TransitionModel otherModel, ContextDependency otherTree) {
    return new StartingLang(otherModel, otherTree, lexicon, transcripts, optionalSilence, silence);
  }

  ForcedAligner aligner(AlignmentOptions options) {
    return new ForcedAligner(model, tree, lexicon, options);
  }

  /** Pdfs of the states of optional silence. */
  int[] silencePdfs() {
    HmmTopology topology = model.topology();
    int[] pdfs = new int[topology.destinations(optionalSilence).length - 1];
    for (int state = 0; state < pdfs.length; state++) {
      int[] window = {optionalSilence};
      pdfs[state] = tree.pdf(window, topology.pdfClass(optionalSilence, state));
    }
    return pdfs;
  }
}
