package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.List;
import org.stjem.acoustic.decode.Sweep;
import picocli.CommandLine.Option;

/** The command-line options that say what is written of decoded utterances beside their words. */
final class DecodeOutputArguments {
  @Option(
      names = "--costs-wspecifier",
      paramLabel = "WSPECIFIER",
      description = "text table to write: graph cost, and acoustic cost without its scale")
  String costsWspecifier;

  @Option(
      names = "--alignment-wspecifier",
      paramLabel = "WSPECIFIER",
      description = "table to write: the transition-id of every frame")
  String alignmentWspecifier;

  @Option(
      names = "--ctm",
      paramLabel = "WXFILENAME",
      description =
          "also write begin and duration of every word, counted from the utterance's begin, as"
              + " Kaldi's nbest-to-ctm; needs --align-lexicon")
  String ctm;

  @Option(
      names = "--align-lexicon",
      paramLabel = "FILE",
      description = "phones/align_lexicon.int of the lang folder, which divides phones into words")
  Path alignLexicon;

  @Option(
      names = "--frame-shift",
      paramLabel = "SECONDS",
      description = "time between two rows, for --ctm and --conf-ctm (default: ${DEFAULT-VALUE})")
  double frameShift = 0.01;

  @Option(
      names = "--sweep-dir",
      paramLabel = "DIR",
      description =
          "also write DIR/penalty_WIP/LMWT.txt for every acoustic scale 1/LMWT and word insertion"
              + " penalty WIP, by rescoring the lattices")
  Path sweepFolder;

  @Option(
      names = "--min-lmwt",
      paramLabel = "LMWT",
      description = "lowest LMWT of the sweep (default: ${DEFAULT-VALUE})")
  int minLmwt = 7;

  @Option(
      names = "--max-lmwt",
      paramLabel = "LMWT",
      description = "highest LMWT of the sweep (default: ${DEFAULT-VALUE})")
  int maxLmwt = 17;

  @Option(
      names = "--word-ins-penalties",
      paramLabel = "WIP,...",
      description = "penalties of the sweep (default: ${DEFAULT-VALUE})")
  String sweepPenalties = "0.0,0.5,1.0";

  /** Opens the files of the sweep; null if there is none. */
  Sweep sweep() {
    return sweepFolder == null
        ? null
        : new Sweep(sweepFolder, minLmwt, maxLmwt, List.of(sweepPenalties.split(",", -1)));
  }
}
