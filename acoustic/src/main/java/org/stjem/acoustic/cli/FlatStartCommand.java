package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.stjem.acoustic.flatstart.FlatStart;
import org.stjem.acoustic.flatstart.FlatStartOptions;
import org.stjem.acoustic.flatstart.StartCorpus;
import org.stjem.acoustic.flatstart.TriphoneStart;
import org.stjem.acoustic.forced.AlignmentOptions;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.ResolvedOptions;
import org.stjem.acoustic.options.TrainerArguments;
import org.stjem.acoustic.options.TrainingHelp;
import org.stjem.acoustic.train.TrainedHeads;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.frontend.data.FeatureScript;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.options.OptionGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic flat-start}. */
@Command(
    description = {
      "Aligns a corpus that has never been aligned, for monophones or, with --max-leaves, for tied"
          + " triphone states. Frames are first divided evenly"
          + " among the states of the words, silence by its energy; then, round by round, first a"
          + " Gaussian per state and then a network learn the alignments and align anew, until"
          + " boundaries stay where they are. For triphones, Gaussians align monophones; a decision"
          + " tree is made of what they have found, and networks learn and align its states.",
      "DATA-DIR has text and feats.scp with log-Mel features, as make-fbank writes them. DIR gets"
          + " what Kaldi's scripts want of an alignment folder: final.mdl, tree, ali.1.gz,"
          + " num_jobs, phones.txt; the last network in model; and flat-start.html, which shows the"
          + " rounds. A run that was broken off goes on where it was when the same command is given"
          + " again.",
      "",
      "e.g.: stjem acoustic flat-start data/train data/lang exp/mono",
      "      stjem acoustic flat-start --max-leaves=600 data/train data/lang exp/tri",
      ""
    },
    sortOptions = false,
    defaultValueProvider = FlatStartCommand.Defaults.class)
final class FlatStartCommand implements Callable<Integer>, OptionGroup.Grouped {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DATA-DIR", description = "e.g. data/train")
  private Path data;

  @Parameters(index = "1", paramLabel = "LANG-DIR", description = "e.g. data/lang")
  private Path lang;

  @Parameters(index = "2", paramLabel = "DIR", description = "folder to write")
  private Path folder;

  @Option(
      names = "--max-leaves",
      paramLabel = "N",
      description =
          "align tied triphone states, the tree having so many leaves at most before merging; 0 for"
              + " monophones (default: ${DEFAULT-VALUE})")
  private int maxLeaves = 0;

  @Mixin private final TreeArguments tree = new TreeArguments();

  @Option(
      names = "--ali-dir",
      paramLabel = "ALI-DIR",
      description =
          "make the tree of the alignments in this folder, which has final.mdl and ali.*.gz"
              + " (default: of monophones, which are aligned in DIR/mono first)")
  private Path alignments;

  @Option(
      names = "--num-gaussian-rounds",
      paramLabel = "N",
      description =
          "at most so many rounds by a Gaussian per state, before networks; 0 for none (default:"
              + " ${DEFAULT-VALUE})")
  private int gaussianRounds = 10;

  @Option(
      names = "--num-rounds",
      paramLabel = "N",
      description =
          "at most so many rounds of networks; 0 for none, after those by Gaussians (default:"
              + " ${DEFAULT-VALUE})")
  private int numRounds = 4;

  @Option(
      names = "--settled",
      paramLabel = "SHARE",
      description =
          "no further round of a kind follows when a smaller share of the boundaries has moved by"
              + " more than two frames (default: ${DEFAULT-VALUE})")
  private double settled = 0.02;

  @Option(
      names = "--acoustic-scale",
      paramLabel = "SCALE",
      description = "factor of the log-likelihoods (default: ${DEFAULT-VALUE})")
  private float acousticScale = 0.1f;

  @Option(
      names = "--transition-scale",
      paramLabel = "SCALE",
      description = "factor of transition probabilities' logarithms (default: ${DEFAULT-VALUE})")
  private float transitionScale = 1;

  @Option(
      names = "--self-loop-scale",
      paramLabel = "SCALE",
      description = "the same of staying in a state or leaving it (default: ${DEFAULT-VALUE})")
  private float selfLoopScale = 0.1f;

  @Option(
      names = "--nj",
      paramLabel = "N",
      description = "threads that align; 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads = 0;

  @Option(
      names = "--hidden-layers",
      split = ",",
      description = "units of each hidden layer (default: 256,256)")
  private List<Integer> hiddenLayers = List.of(256, 256);

  @Option(
      names = "--left-context",
      description = "frames spliced before the current one (default: ${DEFAULT-VALUE})")
  private int leftContext = 4;

  @Option(
      names = "--right-context",
      description = "frames spliced after it (default: ${DEFAULT-VALUE})")
  private int rightContext = 4;

  @Option(
      names = "--feature-normalisation",
      paramLabel = "WORDS",
      description =
          "what is done to the features of each utterance: none, per-utterance mean, or"
              + " per-utterance mean and variance (default: per-utterance mean)")
  private String normalisation = "per-utterance mean";

  @Mixin private final TrainerArguments trainer = new TrainerArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  /** A round is short, and must not cost much. */
  static final class Defaults implements IDefaultValueProvider {
    private static final Map<String, String> VALUES =
        Map.of("--objective", "baseline", "--num-epochs", "2");

    @Override
    public String defaultValue(ArgSpec argument) {
      return argument instanceof OptionSpec option ? VALUES.get(option.longestName()) : null;
    }
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return TrainingHelp.GROUPS;
  }

  @Override
  public Integer call() throws IOException {
    if (trainer.init() != null) {
      throw new StjemException("a flat start has no --init: it begins with nothing");
    }
    if (alignments != null && maxLeaves == 0) {
      throw new StjemException("--ali-dir is for triphones, so --max-leaves must be above 0");
    }
    int cores = Runtime.getRuntime().availableProcessors();
    FlatStartOptions options =
        new FlatStartOptions(
            new AlignmentOptions(acousticScale, transitionScale, selfLoopScale, 200, 0, true),
            gaussianRounds,
            numRounds,
            settled,
            threads == 0 ? cores : threads);
    String features = "scp:" + ByteNames.of(data.resolve("feats.scp"));
    String text = ByteNames.of(data.resolve("text"));
    FeatureNormalisation normaliser = FeatureNormalisation.of(normalisation);
    StartCorpus corpus = new StartCorpus(lang, opener(features, normaliser), features, text);
    TrainingRecipe recipe = recipe(features);
    if (maxLeaves == 0) {
      new FlatStart(lang, corpus, recipe, options, folder).run();
      return 0;
    }
    Path from = alignments == null ? folder.resolve("mono") : alignments;
    FlatStart monophones =
        alignments == null
            ? new FlatStart(lang, corpus, recipe, options.withRounds(gaussianRounds, 0), from)
            : null;
    new TriphoneStart(
            lang,
            corpus,
            recipe,
            options.withRounds(0, numRounds),
            tree.options(maxLeaves),
            folder,
            from,
            monophones)
        .run();
    return 0;
  }

  /** Nothing is known yet of how features should be, so none mismatches. */
  private Supplier<SequentialTableReader<FloatMatrix>> opener(
      String features, FeatureNormalisation normaliser) {
    return () ->
        new InputFeatures(
                folder.toString(),
                normalisation,
                null,
                Optional.of(normaliser),
                InputFeatures.OnMismatch.IGNORE)
            .prepared(Tables.readFloatMatrices(features));
  }

  private TrainingRecipe recipe(String features) {
    Map<String, String> featureOptions =
        FeatureScript.of(features)
            .flatMap(FeatureScript::options)
            .map(FeatureConfig::read)
            .orElse(Map.of());
    Map<String, String> resolved = ResolvedOptions.of(spec, null);
    resolved.put("features", features);
    return new TrainingRecipe(
        trainer.options(false, false),
        "mlp",
        List.of(),
        hiddenLayers,
        "silu",
        0,
        leftContext,
        rightContext,
        10,
        normalisation,
        featureOptions,
        resolved,
        engine.configure(),
        System.getProperty("stjem.revision", "unknown"),
        trainer.run(),
        null,
        TrainedHeads.ONE);
  }
}
