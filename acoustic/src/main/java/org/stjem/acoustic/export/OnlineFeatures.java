package org.stjem.acoustic.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.cmvn.OnlineCmvn;
import org.stjem.frontend.cmvn.OnlineCmvnOptions;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The features of a model as Vosk makes them from audio with Kaldi's online pipeline
 * (online2/online-nnet2-feature-pipeline.cc): filterbanks, and perhaps their normalisation with the
 * default options of {@code apply-cmvn-online}, which Vosk leaves no choice of.
 *
 * @param config the text of a {@code fbank.conf}; every option is there, since the defaults of
 *     other programs are others
 * @param statistics where global statistics are, if the features are normalised
 */
record OnlineFeatures(String config, Optional<DoubleMatrix> statistics) {
  private static final String STATISTICS = "global_cmvn.stats";
  private static final String ADVICE =
      "; train one on features as 'make-fbank' made them: --feature-normalisation=none and"
          + " --feature-config=conf/fbank.conf";

  /**
   * The features of a model.
   *
   * @param folder where global statistics are looked for
   * @throws StjemException if no such pipeline makes them, saying how to train a model that has
   *     some
   */
  static OnlineFeatures of(ModelDescription description, Path folder) {
    if (description.featureOptions().isEmpty()) {
      throw refused(folder, "does not say how its features were made");
    }
    FbankOptions fbank = new FbankOptions();
    List<String> arguments = new ArrayList<>();
    description.featureOptions().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    CommandLine parsed = parse(fbank, arguments, folder);
    fbank.check();
    if (fbank.dim() != description.featureDim()) {
      throw refused(
          folder,
          "takes "
              + description.featureDim()
              + " dimensions where its feature options give "
              + fbank.dim());
    }
    String[] words = description.featureNormalisation().strip().split("\\s+");
    return new OnlineFeatures(
        config(parsed),
        switch (words[0]) {
          case "none" -> Optional.empty();
          case "online" -> Optional.of(statistics(words, folder));
          default ->
              throw refused(
                  folder,
                  "has features with the normalisation '"
                      + description.featureNormalisation()
                      + "', which no online pipeline makes");
        });
  }

  private static DoubleMatrix statistics(String[] words, Path folder) {
    OnlineCmvnOptions online = new OnlineCmvnOptions();
    parse(online, Arrays.asList(words).subList(1, words.length), folder);
    OnlineCmvnOptions usual = new OnlineCmvnOptions();
    // How many frames of the speaker's earlier utterances count makes no difference: there are
    // none.
    if (online.cmnWindow != usual.cmnWindow
        || online.globalFrames != usual.globalFrames
        || online.normVars != usual.normVars
        || online.normMeans != usual.normMeans
        || !Arrays.equals(online.skipDims, usual.skipDims)) {
      throw refused(
          folder, "has features with the normalisation '" + String.join(" ", words) + "'");
    }
    DoubleMatrix matrix = KaldiObjects.readDoubleMatrix(ByteNames.of(folder.resolve(STATISTICS)));
    // Made only so that statistics that do not fit are found here.
    new OnlineCmvn(online, CmvnStats.of(matrix));
    return matrix;
  }

  private static CommandLine parse(Object options, List<String> arguments, Path folder) {
    CommandLine parser = KaldiOptions.parser(options);
    try {
      parser.parseArgs(arguments.toArray(new String[0]));
      return parser;
    } catch (CommandLine.ParameterException e) {
      throw refused(folder, "has feature options that are not Kaldi's: " + e.getMessage());
    }
  }

  private static String config(CommandLine fbank) {
    StringBuilder config = new StringBuilder();
    for (OptionSpec option : fbank.getCommandSpec().options()) {
      String value = option.getValue().toString().toLowerCase(Locale.ROOT);
      config.append(option.longestName()).append('=').append(value).append('\n');
    }
    return config.toString();
  }

  private static StjemException refused(Path folder, String reason) {
    return new StjemException("model " + folder + " " + reason + ADVICE);
  }
}
