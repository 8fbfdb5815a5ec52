package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.data.HeadLabels;
import org.stjem.acoustic.data.TrainingSpeakers;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.monitor.EarlierRun;
import org.stjem.acoustic.net.FeatureNormalisation;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.ResolvedOptions;
import org.stjem.acoustic.options.TrainerArguments;
import org.stjem.acoustic.options.TrainingHelp;
import org.stjem.acoustic.train.AcousticTraining;
import org.stjem.acoustic.train.TrainedHeads;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.frontend.data.FeatureScript;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.options.OptionGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic train}. */
@Command(
    description = {
      "Trains an acoustic model on features and alignments, both Kaldi tables.",
      "The folder gets model.json, weights.safetensors, train.jsonl and train.html, a page of"
          + " curves to watch. A killed run goes on from its last checkpoint when the same command"
          + " is given again; one that has ended is left alone.",
      "",
      "e.g.: stjem acoustic train --objective=st-jem --transition-model=final.mdl scp:feats.scp"
          + " 'ark:gunzip -c ali.*.gz|' exp/st-jem",
      ""
    },
    sortOptions = false)
public final class TrainCommand implements Callable<Integer>, OptionGroup.Grouped {
  private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description =
          "alignments: transition-ids when --transition-model is given, else pdf-ids or the numbers"
              + " of other classes, such as phones, from 0")
  private String alignments;

  @Parameters(index = "2", paramLabel = "MODEL-DIR", description = "folder to write")
  private Path folder;

  @Mixin private final AlignmentArgument aligned = new AlignmentArgument();

  @Option(
      names = "--num-pdfs",
      defaultValue = "0",
      description = "number of pdfs, or of those other classes; needed without --transition-model")
  private int numPdfs;

  @Mixin private final HeadArguments heads = new HeadArguments();

  @Mixin private final NetworkArguments network = new NetworkArguments();

  @Mixin private final Features noted = new Features();

  @Mixin private final Extra extra = new Extra();

  @Mixin private final TrainerArguments trainer = new TrainerArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  static final class Features {
    @Option(
        names = "--frame-shift",
        defaultValue = "10",
        description = "frame shift of the features in milliseconds (default: ${DEFAULT-VALUE})")
    private double frameShift;

    @Option(
        names = "--feature-config",
        paramLabel = "FILE",
        description =
            "the options the features were made with, noted in the model (default: conf/fbank.conf"
                + " beside feats.scp, where make-fbank leaves them)")
    private Path featureConfig;

    @Option(
        names = "--feature-normalisation",
        defaultValue = "none",
        description =
            "what was done to the features, noted in the model, for whoever scores features or"
                + " audio: "
                + FeatureNormalisation.WORDS
                + " (default: ${DEFAULT-VALUE})")
    private String featureNormalisation;
  }

  static final class Extra {
    @Option(
        names = "--held-out-feats",
        description = "features to measure accuracy and ECE on after each epoch")
    private String heldOutFeatures;

    @Option(names = "--held-out-ali", description = "their alignments")
    private String heldOutAlignments;

    @Option(
        names = "--unlabelled-feats",
        description = "features of the same domain without alignments, to learn from as well")
    private String unlabelledFeatures;

    @Option(
        names = "--negative-feats",
        description = "features of another domain, which the model is to find unlikely")
    private String negativeFeatures;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return TrainingHelp.GROUPS;
  }

  @Override
  public Integer call() throws IOException {
    if ((extra.heldOutFeatures == null) != (extra.heldOutAlignments == null)) {
      throw new StjemException("--held-out-feats and --held-out-ali go together");
    }
    if (trainer.init() != null) {
      network.takeFrom(ModelFolder.describe(trainer.init()), spec.commandLine().getParseResult());
    }
    network.complete(spec.commandLine().getParseResult());
    TrainerOptions options =
        trainer.options(
            extra.unlabelledFeatures != null || heads.isGiven(), extra.negativeFeatures != null);
    TrainedHeads named = heads.heads();
    aligned.tally(LOG);
    PdfMap map = aligned.read();
    int pdfs = aligned.isGiven() ? map.numPdfs() : numPdfs;
    if (numPdfs != 0 && numPdfs != pdfs) {
      throw new StjemException(
          "--num-pdfs=" + numPdfs + " but " + aligned.transitionModel() + " has " + pdfs + " pdfs");
    }
    if (pdfs < 1) {
      throw new StjemException("--transition-model or --num-pdfs must be given");
    }
    if (EarlierRun.isFinished(folder, resolvedOptions(), trainer.run().restart())) {
      return 0;
    }
    TrainingRecipe recipe = recipe(options, named, engine.configure());
    Files.createDirectories(folder);
    try (FrameCorpus corpus = corpus(features, alignments, map, pdfs, heads.read());
        FrameCorpus heldOut =
            extra.heldOutFeatures == null
                ? null
                : corpus(extra.heldOutFeatures, extra.heldOutAlignments, map, pdfs, List.of());
        FrameCorpus unlabelled = unlabelledCorpus(extra.unlabelledFeatures);
        FrameCorpus negatives = unlabelledCorpus(extra.negativeFeatures)) {
      TrainingRecipe known = recipe.with(contents(corpus, heldOut, unlabelled, negatives));
      if (!EarlierRun.isFinished(folder, known.options(), trainer.run().restart())) {
        TrainingSpeakers.note(folder, features);
        new AcousticTraining(known, folder).run(corpus, heldOut, unlabelled, negatives);
      }
    }
    return 0;
  }

  private static Map<String, String> contents(
      FrameCorpus corpus, FrameCorpus heldOut, FrameCorpus unlabelled, FrameCorpus negatives) {
    Map<String, String> contents = new LinkedHashMap<>();
    contents.put(EarlierRun.TRAINING_DATA, corpus.content());
    if (heldOut != null) {
      contents.put(EarlierRun.HELD_OUT_DATA, heldOut.content());
    }
    if (unlabelled != null) {
      contents.put(EarlierRun.UNLABELLED_DATA, unlabelled.content());
    }
    if (negatives != null) {
      contents.put(EarlierRun.NEGATIVE_DATA, negatives.content());
    }
    return contents;
  }

  private FrameCorpus corpus(
      String featuresRspecifier,
      String alignmentsRspecifier,
      PdfMap map,
      int pdfs,
      List<HeadLabels> further)
      throws IOException {
    try (SequentialTableReader<FloatMatrix> feats = Tables.readFloatMatrices(featuresRspecifier);
        RandomAccessTableReader<int[]> labels = Tables.lookUpIntVectors(alignmentsRspecifier)) {
      return FrameCorpus.read(
          folder,
          feats,
          labels,
          map,
          pdfs,
          further,
          network.leftContext(),
          network.rightContext(),
          aligned.tally(LOG));
    }
  }

  private FrameCorpus unlabelledCorpus(String rspecifier) throws IOException {
    if (rspecifier == null) {
      return null;
    }
    try (SequentialTableReader<FloatMatrix> feats = Tables.readFloatMatrices(rspecifier)) {
      return FrameCorpus.readUnlabelled(
          folder, feats, network.leftContext(), network.rightContext(), aligned.tally(LOG));
    }
  }

  private TrainingRecipe recipe(TrainerOptions options, TrainedHeads named, String device) {
    Optional<FeatureScript> script = FeatureScript.of(features);
    Optional<Path> config =
        noted.featureConfig == null
            ? script.flatMap(FeatureScript::options)
            : Optional.of(noted.featureConfig);
    Map<String, String> featureOptions = config.map(FeatureConfig::read).orElse(Map.of());
    if (noted.featureConfig == null && config.isPresent()) {
      LOG.info("the features were made with {}, which the model notes", config.get());
    }
    if (!noted.featureNormalisation.equals(FeatureNormalisation.NONE)
        && script.filter(FeatureScript::isRaw).isPresent()) {
      LOG.warn(
          "--feature-normalisation={} is noted in the model, but the features of {} are raw:"
              + " 'train' takes features as they are, so pipe them through apply-cmvn",
          noted.featureNormalisation,
          script.get());
    }
    return new TrainingRecipe(
        options,
        network.architecture(),
        network.filters(),
        network.hiddenLayers(),
        network.activation(),
        network.dropout(),
        network.leftContext(),
        network.rightContext(),
        noted.frameShift,
        noted.featureNormalisation,
        featureOptions,
        resolvedOptions(),
        device,
        System.getProperty("stjem.revision", "unknown"),
        trainer.run(),
        trainer.init(),
        named);
  }

  private Map<String, String> resolvedOptions() {
    Path init = trainer.init();
    Map<String, String> options =
        ResolvedOptions.of(spec, init == null ? null : ModelFolder.network(init));
    network.removeDefaults(options);
    options.put("features", features);
    options.put("alignments", alignments);
    return options;
  }
}
