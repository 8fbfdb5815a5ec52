package org.stjem.frontend.cli;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.UtteranceOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.options.ConfigFile;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** A configuration file of {@code fbank}, such as {@code conf/fbank.conf}. */
final class FbankConfig {
  private static final Logger log = LoggerFactory.getLogger(FbankConfig.class);
  private static final Path USUAL_FILE = Path.of("conf/fbank.conf");

  @CommandLine.Command
  private static final class Options {
    @Mixin private final FbankOptions fbank = new FbankOptions();
    @Mixin private final UtteranceOptions utterance = new UtteranceOptions();
  }

  private final Options options = new Options();
  private final String text;
  private final boolean namesFrameShift;

  private FbankConfig(Path file) {
    CommandLine parser = KaldiOptions.parser(options);
    try {
      String content = file == null ? "" : ConfigFile.text("--config", file);
      List<String> lines = file == null ? List.of() : ConfigFile.parse("--config", file, content);
      CommandLine.ParseResult result = parser.parseArgs(lines.toArray(new String[0]));
      this.namesFrameShift = result.hasMatchedOption("--frame-shift");
      boolean complete = result.hasMatchedOption("--num-mel-bins");
      // Kaldi's programs have another default.
      this.text =
          complete
              ? content
              : content
                  + (content.isEmpty() || content.endsWith("\n") ? "" : "\n")
                  + "--num-mel-bins="
                  + options.fbank.numMelBins
                  + "\n";
    } catch (CommandLine.ParameterException e) {
      throw new StjemException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a file.
   *
   * @param file null for {@code conf/fbank.conf} or, if there is none, the options' defaults
   * @throws StjemException if it cannot be read or has an option that does not exist
   */
  static FbankConfig read(Path file) {
    if (file != null) {
      return new FbankConfig(file);
    }
    if (Files.isRegularFile(USUAL_FILE)) {
      return new FbankConfig(USUAL_FILE);
    }
    log.info("There is no {}; the options of fbank have their defaults", USUAL_FILE);
    return new FbankConfig(null);
  }

  FbankOptions fbank() {
    return options.fbank;
  }

  UtteranceOptions utterance() {
    return options.utterance;
  }

  /** The file's content, with the number of bins added if it was not there. */
  String text() {
    return text;
  }

  /**
   * The frame shift in seconds, with the digits that Kaldi's script writes: 0.010 if the file names
   * it, else 0.01.
   */
  String frameShift() {
    BigDecimal seconds =
        new BigDecimal(Float.toString(options.fbank.frameShift))
            .movePointLeft(3)
            .stripTrailingZeros();
    int digits = namesFrameShift ? 3 : 2;
    return seconds.setScale(Math.max(digits, seconds.scale())).toPlainString();
  }
}
