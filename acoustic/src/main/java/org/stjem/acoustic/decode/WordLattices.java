package org.stjem.acoustic.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.stjem.acoustic.lattice.CompactLattice;
import org.stjem.acoustic.lattice.LatticeDeterminizer;
import org.stjem.acoustic.lattice.MinimumBayesRisk;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * What is made of the lattice of each utterance beside its best paths: the determinized lattice
 * and, on request, the words with the least Bayes risk and their posteriors. Immutable.
 */
public final class WordLattices {
  private final double acousticScale;
  private final double beam;
  private final MinimumBayesRisk.Options options;
  private final LatticeWordAligner aligner;

  /**
   * What was made of a lattice.
   *
   * @param lattice determinized; its arcs do not have the frames of their words
   * @param words with posteriors, or null if they were not asked for
   * @param warnings what the user should know
   */
  public record Result(
      CompactLattice lattice, List<MinimumBayesRisk.Word> words, List<String> warnings) {}

  /**
   * Says what is to be made.
   *
   * @param acousticScale factor of the acoustic costs while paths are compared
   * @param beam how much worse than the best path an alternative may be
   * @param options of the posteriors, or null for none
   * @param lexicon by which words get their own frames, or null
   * @param model that of the lattices' transition-ids
   */
  public WordLattices(
      double acousticScale,
      double beam,
      MinimumBayesRisk.Options options,
      AlignLexicon lexicon,
      TransitionModel model) {
    this.acousticScale = acousticScale;
    this.beam = beam;
    this.options = options;
    this.aligner = lexicon == null ? null : new LatticeWordAligner(lexicon, model);
  }

  Result of(String key, Lattice raw) {
    List<String> warnings = new ArrayList<>();
    LatticeDeterminizer.Determinized determinized =
        LatticeDeterminizer.determinize(raw.stateLattice(), acousticScale, beam);
    if (determinized.beam() < beam) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "the lattice of utterance %s is so large that alternatives are kept up to %.3g from the"
                  + " best, in place of %.3g",
              key,
              determinized.beam(),
              beam));
    }
    CompactLattice lattice = determinized.lattice();
    List<MinimumBayesRisk.Word> words = null;
    if (options != null) {
      words = new MinimumBayesRisk(aligned(key, lattice, warnings), options).words();
    }
    return new Result(lattice, words, warnings);
  }

  private CompactLattice aligned(String key, CompactLattice lattice, List<String> warnings) {
    if (aligner == null) {
      return lattice;
    }
    try {
      return aligner.align(lattice);
    } catch (StjemException e) {
      warnings.add("the word times of utterance " + key + " are rough: " + e.getMessage());
      return lattice;
    }
  }
}
