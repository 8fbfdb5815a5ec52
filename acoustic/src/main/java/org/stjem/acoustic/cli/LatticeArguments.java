package org.stjem.acoustic.cli;

import java.nio.file.Path;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.decode.WordLattices;
import org.stjem.acoustic.lattice.MinimumBayesRisk;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Option;

/** The command-line options by which lattices, and words with confidences, are written. */
final class LatticeArguments {
  @Option(
      names = "--lattice-wspecifier",
      paramLabel = "WSPECIFIER",
      description =
          "table to write: Kaldi's compact lattices, determinized within --lattice-beam, with"
              + " acoustic costs without their scale")
  String latticeWspecifier;

  @Option(
      names = "--conf-ctm",
      paramLabel = "WXFILENAME",
      description =
          "also write begin, duration and posterior of every word, from the lattice, as Kaldi's"
              + " lattice-to-ctm-conf; times are rough without --align-lexicon")
  String confidenceCtm;

  @Option(
      names = "--decode-mbr",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "words of --conf-ctm: those with the fewest expected errors, else those of the best path"
              + " (default: ${DEFAULT-VALUE})")
  private boolean decodeMbr = true;

  @Option(
      names = "--inv-acoustic-scale",
      paramLabel = "LMWT",
      description =
          "the acoustic scale of --conf-ctm is 1/LMWT (default: that of --acoustic-scale)")
  private Double invAcousticScale;

  @Option(
      names = "--lm-scale",
      paramLabel = "FACTOR",
      description = "factor of the graph costs for --conf-ctm (default: ${DEFAULT-VALUE})")
  private double lmScale = 1;

  @Option(
      names = "--confidence-digits",
      paramLabel = "N",
      description = "decimals of the posteriors in --conf-ctm (default: ${DEFAULT-VALUE})")
  int confidenceDigits = 6;

  /**
   * What is to be made of lattices, or null if nothing is.
   *
   * @param beam up to which alternatives are kept
   * @param alignLexicon that of --align-lexicon, or null
   */
  WordLattices wordLattices(
      double acousticScale,
      double wordInsertionPenalty,
      double beam,
      Path alignLexicon,
      TransitionModel transitions) {
    require(
        invAcousticScale == null || invAcousticScale > 0,
        "--inv-acoustic-scale must be above 0, not " + invAcousticScale);
    require(lmScale >= 0, "--lm-scale must be 0 or more, not " + lmScale);
    require(
        confidenceDigits >= 1 && confidenceDigits <= 9,
        "--confidence-digits must be from 1 to 9, not " + confidenceDigits);
    if (latticeWspecifier == null && confidenceCtm == null) {
      return null;
    }
    MinimumBayesRisk.Options options = null;
    AlignLexicon lexicon = null;
    if (confidenceCtm != null) {
      double scale = invAcousticScale == null ? acousticScale : 1 / invAcousticScale;
      options = new MinimumBayesRisk.Options(scale, lmScale, wordInsertionPenalty, decodeMbr);
      lexicon = alignLexicon == null ? null : AlignLexicon.read(alignLexicon);
    }
    return new WordLattices(acousticScale, beam, options, lexicon, transitions);
  }

  private static void require(boolean holds, String fault) {
    if (!holds) {
      throw new StjemException(fault);
    }
  }
}
