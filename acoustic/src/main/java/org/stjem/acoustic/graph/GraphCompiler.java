package org.stjem.acoustic.graph;

import java.util.Arrays;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.stjem.acoustic.fst.AmbiguityException;
import org.stjem.acoustic.fst.Composition;
import org.stjem.acoustic.fst.Connection;
import org.stjem.acoustic.fst.Determinization;
import org.stjem.acoustic.fst.EpsilonRemoval;
import org.stjem.acoustic.fst.Minimization;
import org.stjem.acoustic.fst.WeightPushing;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Makes the graph that a decoder searches, from transition-ids to words, by the steps of Kaldi's
 * utils/mkgraph.sh: lexicon and grammar are composed (LG), phones get their contexts (CLG), these
 * their HMMs (HCLG), and in between the graph is made deterministic and small.
 */
public final class GraphCompiler {
  private final GraphLang lang;
  private final TransitionModel model;
  private final ContextDependency tree;
  private final Options options;

  /** Is told the name and the transducer of each step that is done. */
  private final BiConsumer<String, MutableFst> progress;

  /**
   * How costs are weighed; names are those of mkgraph.sh.
   *
   * @param transitionScale factor of the logarithms of transition probabilities, self-loops apart
   * @param selfLoopScale the same of staying in a state or leaving it
   * @param removeOov whether words that are not in the lexicon cannot be recognised
   */
  public record Options(float transitionScale, float selfLoopScale, boolean removeOov) {
    /**
     * Checks the values.
     *
     * @throws StjemException if a scale is no finite number or negative
     */
    public Options {
      require("--transition-scale", transitionScale);
      require("--self-loop-scale", selfLoopScale);
    }

    private static void require(String option, float value) {
      if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
        throw new StjemException(option + " must be 0 or a positive number, not " + value);
      }
    }
  }

  /**
   * A decoding graph.
   *
   * @param disambiguation input labels of disambiguation symbols; no arc has them any more
   */
  public record Result(MutableFst fst, int[] disambiguation) {}

  private GraphCompiler(
      GraphLang lang,
      TransitionModel model,
      ContextDependency tree,
      Options options,
      BiConsumer<String, MutableFst> progress) {
    this.lang = lang;
    this.model = model;
    this.tree = tree;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Makes a graph.
   *
   * @param lang its lexicon is of no use afterwards
   * @param grammar takes in words and puts them out, {@code #0} where it backs off; of no use
   *     afterwards
   * @param tree the decision tree that the model was made of
   * @param progress is told the name and the transducer of each step that is done
   * @throws StjemException if model and tree do not fit, if the lexicon and the grammar cannot be
   *     made deterministic, or if nothing can be said
   */
  public static Result make(
      GraphLang lang,
      MutableFst grammar,
      TransitionModel model,
      ContextDependency tree,
      Options options,
      BiConsumer<String, MutableFst> progress) {
    if (tree.numPdfs() != model.numPdfs()) {
      throw new StjemException(
          "the tree has "
              + tree.numPdfs()
              + " pdfs, but the model has "
              + model.numPdfs()
              + "; they do not belong together");
    }
    GraphCompiler compiler = new GraphCompiler(lang, model, tree, options, progress);
    return compiler.hclg(compiler.clg(compiler.lg(grammar)));
  }

  private MutableFst lg(MutableFst grammar) {
    progress.accept("G", grammar);
    MutableFst composed = Composition.compose(lang.lexicon(), grammar);
    requirePaths(composed);
    MutableFst lg = Minimization.minimize(determinize(composed));
    WeightPushing.push(lg);
    progress.accept("LG", lg);
    return lg;
  }

  private ContextExpansion.Result clg(MutableFst lg) {
    Set<Integer> phones =
        Arrays.stream(model.topology().phones()).boxed().collect(Collectors.toSet());
    ContextExpansion.Result expanded =
        ContextExpansion.expand(
            lg,
            lang.disambiguation()::contains,
            phones::contains,
            tree.width(),
            tree.centralPosition());
    MutableFst clg = Connection.connect(expanded.fst());
    if (options.removeOov()) {
      clg = without(lang.unknownWord(), clg);
      requirePaths(clg);
    }
    progress.accept("CLG", clg);
    return new ContextExpansion.Result(clg, expanded.labels());
  }

  private Result hclg(ContextExpansion.Result clg) {
    HmmTransducer.Result hmms =
        HmmTransducer.make(clg.labels(), model, tree, options.transitionScale());
    MutableFst fst = determinize(Composition.compose(hmms.fst(), clg.fst()));
    int transitions = model.numTransitionIds();
    for (int state = 0; state < fst.numStates(); state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        if (fst.inputLabel(arc) > transitions) {
          fst.setArc(arc, 0, fst.outputLabel(arc), fst.cost(arc), fst.nextState(arc));
        }
      }
    }
    fst = Minimization.minimize(EpsilonRemoval.remove(fst, true));
    SelfLoops.add(fst, model, options.selfLoopScale());
    progress.accept("HCLG", fst);
    return new Result(fst, hmms.disambiguation());
  }

  private static MutableFst without(int word, MutableFst fst) {
    for (int state = 0; state < fst.numStates(); state++) {
      int kept = 0;
      int first = fst.firstArc(state);
      for (int arc = first; arc < fst.endArc(state); arc++) {
        if (fst.outputLabel(arc) != word) {
          fst.setArc(
              first + kept++,
              fst.inputLabel(arc),
              fst.outputLabel(arc),
              fst.cost(arc),
              fst.nextState(arc));
        }
      }
      fst.truncateArcs(state, kept);
    }
    return Connection.connect(fst);
  }

  private static void requirePaths(MutableFst fst) {
    if (fst.numStates() == 0) {
      throw new StjemException("the grammar has no sentence whose words the lexicon has");
    }
  }

  private MutableFst determinize(MutableFst fst) {
    try {
      return Determinization.determinize(fst);
    } catch (AmbiguityException e) {
      if (e.first().length + e.second().length == 0) {
        throw new StjemException(
            "lexicon and grammar cannot be made deterministic: " + e.getMessage(), e);
      }
      throw new StjemException(
          "lexicon and grammar cannot be made deterministic: the same phones are '"
              + words(e.first())
              + "' and '"
              + words(e.second())
              + "'; homophones need disambiguation symbols, and a grammar no more than one path for"
              + " each sentence, not counting #0",
          e);
    }
  }

  private String words(int[] ids) {
    return Arrays.stream(ids).mapToObj(lang.words()::symbol).collect(Collectors.joining(" "));
  }
}
