package org.stjem.acoustic.cli;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.DensityScores;
import org.stjem.acoustic.eval.OutlierScores;
import org.stjem.acoustic.eval.OutlierTable;
import org.stjem.acoustic.monitor.DensityFit;
import org.stjem.acoustic.net.DensityModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic ood}. */
@Command(
    description = {
      "Measures how well a model tells speech of its own domain from other data.",
      "Three scores that should be high in the domain are compared: log p(x), the highest"
          + " posterior, and minus the norm of the gradient of log p(x) in x. The table has the"
          + " area under the ROC of each: 1 is perfect, 0.5 is chance.",
      "",
      "Some sets need no features; they have as many utterances of the same lengths. 'reversed' has"
          + " the frames of each utterance in reverse order, 'noise' independent Gaussian values of"
          + " the training data's mean and variance in each dimension. 'white-noise' and 'tones'"
          + " (chords of a plucked instrument) are audio, of which features are made by the options"
          + " and normalisation that the model was trained with.",
      "",
      "e.g.: stjem acoustic ood exp/st-jem scp:dev.scp reverberated=scp:dev_reverb.scp tones"
          + " noise",
      ""
    },
    sortOptions = false)
public final class OodCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(OodCommand.class);
  private static final Pattern NAMED = Pattern.compile("([\\w.+-]+)=(.+)");

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "in-domain features")
  private String inDomain;

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "SET",
      description =
          "NAME=FEATS-RSPECIFIER or FEATS-RSPECIFIER; or reversed, noise, white-noise, tones")
  private List<String> sets;

  @Option(
      names = "--unit",
      defaultValue = "frame",
      description =
          "what is told apart: frame; second, or utterance, by the mean over its frames. An"
              + " utterance has as many whole seconds as fit into it, and at least one (default:"
              + " ${DEFAULT-VALUE})")
  private Unit unit;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds the noise (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the table as JSON")
  private Path json;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  private AudioFrontend frontend;
  private int failed;
  private int done;

  @Override
  public Integer call() throws IOException {
    OutlierTable table = new OutlierTable();
    ModelFolder.describe(folder);
    DensityFit.of(folder).sentence().ifPresent(LOG::warn);
    for (String set : sets) {
      OutlierSet made = OutlierSet.of(set);
      if (made != null && made.isAudio()) {
        // A model without a frontend is refused before anything is scored.
        frontend();
      }
    }
    try (DensityModel model = TorchModels.loadDensity(folder, engine.configure())) {
      OutlierScores inside = score(model, inDomain, OutlierSet.AS_IT_IS);
      for (String set : sets) {
        Matcher named = NAMED.matcher(set);
        OutlierSet made = OutlierSet.of(set);
        String name = named.matches() ? named.group(1) : set;
        String source = made != null ? inDomain : named.matches() ? named.group(2) : set;
        OutlierScores other = score(model, source, made == null ? OutlierSet.AS_IT_IS : made);
        OutlierTable.Row row = inside.against(name, other);
        table.add(row);
        if (row.densityIsUpsideDown(inside.size())) {
          LOG.warn(
              "log p(x) is higher for {} than in the domain (AUROC {} is under 0.5), so it must not"
                  + " be used to detect such data. {}",
              name,
              String.format(Locale.ROOT, "%.3f", row.logDensity()),
              DensityFit.REMEDY);
        }
      }
    }
    System.out.print(table.text(unit.name().toLowerCase(Locale.ROOT) + "s"));
    if (json != null) {
      AtomicFile.writeString(
          json,
          ByteText.json(
                  new GsonBuilder()
                      .setPrettyPrinting()
                      .serializeSpecialFloatingPointValues()
                      .create()
                      .toJson(table.rows()))
              + "\n");
    }
    LOG.info("Done {} utterances, failed for {}", done, failed);
    return 0;
  }

  private AudioFrontend frontend() {
    if (frontend == null) {
      try {
        frontend = AudioFrontend.ofLoneUtterances(ModelFolder.describe(folder), folder);
      } catch (StjemException e) {
        throw new StjemException("tones and white-noise are audio, but " + e.getMessage(), e);
      }
    }
    return frontend;
  }

  /** What is told apart. */
  enum Unit {
    FRAME,
    SECOND,
    UTTERANCE
  }

  /** The frames of a second. */
  private static int second(ModelDescription model) {
    return (int) Math.max(1, Math.round(1000 / model.frameShiftMs()));
  }

  private OutlierScores score(DensityModel model, String rspecifier, OutlierSet kind)
      throws IOException {
    InputFeatures in = featureArguments.of(model.description(), folder, rspecifier);
    OutlierScores scores = new OutlierScores();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        try {
          FloatMatrix features = reader.value();
          if (features.rows() == 0) {
            throw new EntryException("no frames");
          }
          FloatMatrix made =
              kind.make(
                  in.prepare(features), model.description(), this::frontend, seed, scores.size());
          DensityScores found = model.densityScores(made);
          double[] densities = found.logDensities();
          switch (unit) {
            case FRAME -> scores.add(found.logits(), densities, found.gradientNorms());
            case SECOND ->
                scores.addMeans(
                    found.logits(), densities, found.gradientNorms(), second(model.description()));
            case UTTERANCE -> scores.addMean(found.logits(), densities, found.gradientNorms());
          }
          done++;
        } catch (EntryException e) {
          LOG.warn("utterance {}: {}", reader.key(), e.getMessage());
          failed++;
        }
      }
    }
    if (scores.size() == 0) {
      throw new StjemException(rspecifier + ": no utterance could be scored");
    }
    return scores;
  }
}
