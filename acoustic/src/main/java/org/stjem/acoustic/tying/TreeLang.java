package org.stjem.acoustic.tying;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.IntegerLines;
import org.stjem.frontend.kaldi.TransitionModel;
import org.stjem.frontend.kaldi.TreeRoots;

/**
 * What a decision tree takes from a language directory.
 *
 * @param sets phones that are clustered as one, {@code phones/sets.int}
 * @param extraQuestions further sets of phones to ask about, {@code phones/extra_questions.int}
 * @param contextIndependent phones whose neighbours do not count, {@code phones/context_indep.int}
 * @param middleClass pdf class of the state in the middle of the phones of speech
 */
public record TreeLang(
    HmmTopology topology,
    TreeRoots roots,
    List<int[]> sets,
    List<int[]> extraQuestions,
    Set<Integer> contextIndependent,
    int middleClass) {
  /**
   * Reads a language directory.
   *
   * @throws StjemException if a file is missing or cannot be used
   */
  public static TreeLang read(Path lang) {
    HmmTopology topology = HmmTopology.read(ByteNames.of(lang.resolve("topo")));
    Path phones = lang.resolve("phones");
    int states = 0;
    for (int[] line : IntegerLines.read(phones.resolve("nonsilence.int"))) {
      for (int phone : line) {
        if (topology.destinations(phone) != null) {
          states = Math.max(states, topology.numPdfClasses(phone));
        }
      }
    }
    Set<Integer> independent = new HashSet<>();
    optional(phones.resolve("context_indep.int"))
        .forEach(line -> Arrays.stream(line).forEach(independent::add));
    return new TreeLang(
        topology,
        TreeRoots.read(phones.resolve("roots.int")),
        IntegerLines.read(phones.resolve("sets.int")),
        optional(phones.resolve("extra_questions.int")),
        independent,
        states / 2);
  }

  /** The lines of a file that may be missing or empty. */
  private static List<int[]> optional(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0 ? IntegerLines.read(file) : List.of();
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
  }

  /**
   * Statistics without frames.
   *
   * @param model of the alignments
   */
  public TreeStatistics statistics(TransitionModel model, int width, int position) {
    return new TreeStatistics(model, width, position, contextIndependent);
  }

  /** Sets of phones to ask about: those that sound alike in some states, and the extra ones. */
  public List<int[]> questions(TreeStatistics statistics, Set<Integer> pdfClasses) {
    List<int[]> questions = new ArrayList<>(PhoneQuestions.of(statistics, sets, pdfClasses));
    questions.addAll(extraQuestions);
    return questions;
  }

  /** The tree. */
  public ContextDependency tree(
      TreeStatistics statistics, List<int[]> questions, TreeOptions options) {
    return TreeBuilder.build(statistics, roots, questions, topology, options);
  }
}
