package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.tying.Cepstra;
import org.stjem.acoustic.tying.TreeLang;
import org.stjem.acoustic.tying.TreeStatistics;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic build-tree}. */
@Command(
    description = {
      "Makes the decision tree and the transition model of a system with tied states, by questions"
          + " about neighbouring phones that let the likelihood of Gaussians grow most: what Kaldi's"
          + " acc-tree-stats, cluster-phones, compile-questions, build-tree and gmm-init-model make,"
          + " without Gaussians.",
      "FEATS-RSPECIFIER has log-Mel features, of which cepstra with deltas are made.",
      "",
      "  stjem acoustic build-tree --max-leaves=600 data/lang exp/mono/final.mdl \\",
      "    scp:data/train/feats.scp 'ark:gunzip -c exp/mono/ali.*.gz|' exp/tri/tree exp/tri/0.mdl",
      ""
    },
    sortOptions = false)
final class BuildTreeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(BuildTreeCommand.class);

  @Option(
      names = "--max-leaves",
      paramLabel = "N",
      description = "most leaves before merging; 0 for no limit (default: ${DEFAULT-VALUE})")
  private int maxLeaves = 2000;

  @Mixin private final TreeArguments tree = new TreeArguments();

  @Option(
      names = "--context-width",
      paramLabel = "N",
      description =
          "phones that a state may depend on, its own included (default: ${DEFAULT-VALUE})")
  private int width = 3;

  @Option(
      names = "--central-position",
      paramLabel = "N",
      description = "where its own stands among those, from 0 (default: ${DEFAULT-VALUE})")
  private int position = 1;

  @Option(
      names = "--pdf-class-list",
      paramLabel = "CLASSES",
      split = ":",
      description =
          "states by whose sound phones are clustered, with colons (default: the middle state)")
  private List<Integer> pdfClasses;

  @Option(
      names = "--cepstra",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "make cepstra with deltas of the features; without, take them as they are (default:"
              + " ${DEFAULT-VALUE})")
  private boolean cepstra = true;

  @Option(
      names = "--write-stats",
      paramLabel = "FILE",
      description = "also write the statistics, as Kaldi's acc-tree-stats does")
  private String statsFile;

  @Option(
      names = "--write-questions",
      paramLabel = "FILE",
      description = "also write the sets of phones that are asked about, one per line")
  private Path questionsFile;

  @Option(
      names = "--binary",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "write tree and model in binary (default: ${DEFAULT-VALUE})")
  private boolean binary = true;

  @Parameters(
      index = "0",
      paramLabel = "LANG-DIR",
      description = "folder with topo and phones/{roots,sets,nonsilence}.int, such as data/lang")
  private Path lang;

  @Parameters(index = "1", paramLabel = "MODEL", description = "model of the alignments")
  private String model;

  @Parameters(index = "2", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Parameters(
      index = "3",
      paramLabel = "ALI-RSPECIFIER",
      description = "transition-ids, one per frame")
  private String alignments;

  @Parameters(index = "4", paramLabel = "TREE", description = "tree to write")
  private String treeFile;

  @Parameters(index = "5", paramLabel = "NEW-MODEL", description = "transition model to write")
  private String newModel;

  @Override
  public Integer call() throws IOException {
    if (width < 1 || position < 0 || position >= width) {
      throw new StjemException(
          "--central-position="
              + position
              + " must be from 0 to below --context-width="
              + width
              + ", which must be 1 or more");
    }
    var options = tree.options(maxLeaves);
    TreeLang its = TreeLang.read(lang);
    TreeStatistics statistics = its.statistics(TransitionModel.read(model), width, position);
    accumulate(statistics);
    if (statsFile != null) {
      statistics.write(statsFile);
    }
    Set<Integer> classes =
        pdfClasses == null ? Set.of(its.middleClass()) : new HashSet<>(pdfClasses);
    List<int[]> questions = its.questions(statistics, classes);
    if (questionsFile != null) {
      AtomicFile.writeString(questionsFile, lines(questions));
    }
    ContextDependency made = its.tree(statistics, questions, options);
    TransitionModel transitions = TransitionModel.of(its.topology(), made);
    made.write(treeFile, binary);
    transitions.write(newModel, binary);
    LOG.info("{} pdfs, {} transition-ids", transitions.numPdfs(), transitions.numTransitionIds());
    return 0;
  }

  private void accumulate(TreeStatistics statistics) {
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<FloatMatrix> in = Tables.readFloatMatrices(features);
        RandomAccessTableReader<int[]> known = Tables.lookUpIntVectors(alignments)) {
      while (in.next()) {
        try {
          FloatMatrix matrix = in.value();
          if (!known.hasKey(in.key())) {
            throw new EntryException("it has no alignment");
          }
          statistics.add(cepstra ? Cepstra.of(matrix) : matrix, known.value(in.key()));
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
    LOG.info("{} states in context have been seen", statistics.size());
  }

  private static String lines(List<int[]> questions) {
    return questions.stream()
        .map(
            phones ->
                Arrays.stream(phones).mapToObj(String::valueOf).collect(Collectors.joining(" "))
                    + "\n")
        .collect(Collectors.joining());
  }
}
