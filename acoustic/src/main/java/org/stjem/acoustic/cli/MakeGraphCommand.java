package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.graph.ArpaGrammar;
import org.stjem.acoustic.graph.GrammarKind;
import org.stjem.acoustic.graph.GrammarWords;
import org.stjem.acoustic.graph.GraphCompiler;
import org.stjem.acoustic.graph.GraphDirectory;
import org.stjem.acoustic.graph.GraphLang;
import org.stjem.acoustic.graph.TextGrammar;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic make-graph} (utils/mkgraph.sh). */
@Command(
    description = {
      "Makes the decoding graph of a lexicon, a grammar and a model: HCLG.fst and what decoders take"
          + " beside it, as Kaldi's utils/mkgraph.sh does.",
      "A GRAMMAR is an n-gram model in ARPA's form, which gzip may have compressed; a ready G.fst;"
          + " a list of sentences, one in each line, of which one is said; or a list of words, which"
          + " are said in any order. --grammar says which; without it a name that ends in .fst or"
          + " .txt is that of a ready transducer or of sentences, and any other of an n-gram model.",
      "Words of the grammar that are not in words.txt are left out, and said which.",
      "",
      "  stjem acoustic make-graph data/lang lm.arpa.gz exp/tri/final.mdl exp/tri/tree exp/tri/graph",
      "  stjem acoustic make-graph --grammar=words data/lang digits.txt exp/mono/final.mdl \\",
      "    exp/mono/tree exp/mono/graph",
      ""
    },
    sortOptions = false)
final class MakeGraphCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MakeGraphCommand.class);

  @Option(
      names = "--grammar",
      paramLabel = "KIND",
      description =
          "what GRAMMAR holds: arpa, fst, sentences, which are as probable as they are frequent, or"
              + " words, all equally probable (default: by its name)")
  private GrammarKind kind;

  @Option(
      names = "--transition-scale",
      paramLabel = "SCALE",
      description = "factor of transition probabilities' logarithms (default: ${DEFAULT-VALUE})")
  private float transitionScale = 1;

  @Option(
      names = "--self-loop-scale",
      paramLabel = "SCALE",
      description =
          "the same of staying in a state or leaving it; chain models take 1 (default:"
              + " ${DEFAULT-VALUE})")
  private float selfLoopScale = 0.1f;

  @Option(
      names = "--remove-oov",
      description = "leave out paths with the word of oov.int, which stands for unknown words")
  private boolean removeOov;

  @Parameters(
      index = "0",
      paramLabel = "LANG-DIR",
      description = "folder with L_disambig.fst, words.txt and phones, such as data/lang")
  private Path lang;

  @Parameters(index = "1", paramLabel = "GRAMMAR", description = "n-gram model, G.fst or list")
  private Path grammar;

  @Parameters(index = "2", paramLabel = "FINAL.MDL", description = "model with transition-ids")
  private Path model;

  @Parameters(index = "3", paramLabel = "TREE", description = "decision tree of the model")
  private Path tree;

  @Parameters(index = "4", paramLabel = "GRAPH-DIR", description = "folder to make, new or empty")
  private Path graph;

  @Override
  public Integer call() {
    GraphCompiler.Options options =
        new GraphCompiler.Options(transitionScale, selfLoopScale, removeOov);
    requireFree();
    TransitionModel transitions = TransitionModel.read(ByteNames.of(model));
    ContextDependency contexts = ContextDependency.read(ByteNames.of(tree));
    GraphLang directory = GraphLang.read(lang);
    directory.requireSamePhones(transitions, model);
    GraphCompiler.Result result =
        GraphCompiler.make(
            directory, readGrammar(directory), transitions, contexts, options, this::report);
    GraphDirectory.write(graph, result, lang, transitions.numPdfs());
    LOG.info("{} is ready", graph);
    return 0;
  }

  private void requireFree() {
    try {
      AtomicFolder.requireFree(graph);
    } catch (IOException e) {
      throw new StjemException("cannot read " + graph + ": " + StjemException.reason(e), e);
    }
  }

  private MutableFst readGrammar(GraphLang directory) {
    GrammarWords words = new GrammarWords(directory.words());
    GrammarKind what = kind == null ? GrammarKind.of(grammar) : kind;
    return switch (what) {
      case ARPA -> {
        ArpaGrammar.Result read = ArpaGrammar.read(grammar, words, directory.backoffSymbol());
        warnOfUnknown(words, read.unknownNgrams(), "n-gram");
        read.warnings().forEach(warning -> LOG.warn("{}: {}", grammar, warning));
        yield read.fst();
      }
      case FST -> GraphLang.fst(grammar);
      case SENTENCES -> {
        TextGrammar.Result read = TextGrammar.sentences(grammar, words);
        warnOfUnknown(words, read.leftOut(), "sentence");
        yield read.fst();
      }
      case WORDS -> {
        TextGrammar.Result read = TextGrammar.words(grammar, words);
        warnOfUnknown(words, read.leftOut(), "word");
        yield read.fst();
      }
    };
  }

  private void warnOfUnknown(GrammarWords words, int leftOut, String what) {
    if (words.numUnknown() > 0) {
      LOG.warn(
          "{}: {} left out, since {} not in {}: {}",
          grammar,
          counted(leftOut, what),
          counted(words.numUnknown(), "word"),
          lang.resolve("words.txt"),
          words.unknownNames());
    }
  }

  private static String counted(int number, String what) {
    return number == 1 ? "1 " + what + " is" : number + " " + what + "s are";
  }

  private void report(String step, MutableFst fst) {
    LOG.info(
        "{}",
        String.format(
            Locale.ROOT, "%s: %,d states, %,d arcs", step, fst.numStates(), fst.numArcs()));
  }
}
