package org.stjem.acoustic.cli;

import java.io.IOException;
import java.util.List;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.lattice.MinimumBayesRisk;
import org.stjem.acoustic.wer.ScliteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.SymbolTable;

/** Writes words with their times; the file appears when it is committed. */
final class CtmFile implements AutoCloseable {
  private final String name;
  private final SymbolTable symbols;
  private final double frameShift;
  private final KaldiOutput out;

  /**
   * Opens the file.
   *
   * @param frameShift seconds between two frames
   */
  CtmFile(String wxfilename, SymbolTable symbols, double frameShift) {
    if (!(frameShift > 0)) {
      throw new StjemException("--frame-shift must be above 0, not " + frameShift);
    }
    this.name = wxfilename;
    this.symbols = symbols;
    this.frameShift = frameShift;
    this.out = KaldiOutput.open(wxfilename);
  }

  void write(String key, List<AlignLexicon.WordTime> words) {
    for (AlignLexicon.WordTime word : words) {
      write(
          ScliteText.ctm(
              key,
              word.firstFrame() * frameShift,
              word.frames() * frameShift,
              symbols.symbol(word.word())));
    }
  }

  void write(String key, List<MinimumBayesRisk.Word> words, int confidenceDigits) {
    for (MinimumBayesRisk.Word word : words) {
      write(
          ScliteText.ctm(
              key,
              word.begin() * frameShift,
              (word.end() - word.begin()) * frameShift,
              symbols.symbol(word.word()),
              word.confidence(),
              confidenceDigits));
    }
  }

  private void write(String line) {
    try {
      out.writeText(line);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  void commit() {
    try {
      out.commit();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private StjemException failure(IOException cause) {
    return new StjemException("cannot write " + name + ": " + StjemException.reason(cause), cause);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
