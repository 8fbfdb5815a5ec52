package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.decode.AlignLexicon;
import org.stjem.acoustic.decode.BestPath;
import org.stjem.acoustic.wer.ScliteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TransitionModel;

/** Writes the words of best paths with their times; the file appears when it is committed. */
final class CtmWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CtmWriter.class);

  private final String name;
  private final AlignLexicon lexicon;
  private final TransitionModel transitions;
  private final SymbolTable symbols;
  private final double frameShift;
  private final KaldiOutput out;

  /**
   * Opens the file.
   *
   * @param frameShift seconds between two frames
   */
  CtmWriter(
      String wxfilename,
      Path alignLexicon,
      TransitionModel transitions,
      SymbolTable symbols,
      double frameShift) {
    if (!(frameShift > 0)) {
      throw new StjemException("--frame-shift must be above 0, not " + frameShift);
    }
    this.name = wxfilename;
    this.lexicon = AlignLexicon.read(alignLexicon);
    this.transitions = transitions;
    this.symbols = symbols;
    this.frameShift = frameShift;
    this.out = KaldiOutput.open(wxfilename);
  }

  /** Writes a line per word, or warns if the path's phones do not fit its words. */
  void write(String key, BestPath path) {
    try {
      for (AlignLexicon.WordTime time : lexicon.times(path, transitions)) {
        out.writeText(
            ScliteText.ctm(
                key,
                time.firstFrame() * frameShift,
                time.frames() * frameShift,
                symbols.symbol(time.word())));
      }
    } catch (IOException e) {
      throw failure(e);
    } catch (StjemException e) {
      log.warn("no word times for utterance {}: {}", key, e.getMessage());
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
