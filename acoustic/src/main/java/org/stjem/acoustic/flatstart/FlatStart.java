package org.stjem.acoustic.flatstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;

/**
 * Aligns a corpus that nobody has aligned before, for monophones: frames are first divided evenly
 * among the states of the transcripts, silence by its energy; then a Gaussian per state, and when
 * that has settled a network, learn the labels and align anew, until boundaries stay where they
 * are.
 */
public final class FlatStart {
  private static final Logger LOG = LoggerFactory.getLogger(FlatStart.class);

  private final StartingLang lang;
  private final FlatStartOptions options;
  private final StartCorpus corpus;
  private final TrainingRecipe recipe;
  private final StartFolder folder;

  /**
   * Prepares a flat start.
   *
   * @param lang language directory
   * @param recipe of each round's training; features are normalised as it says
   * @param folder where models and alignments go
   */
  public FlatStart(
      Path lang, StartCorpus corpus, TrainingRecipe recipe, FlatStartOptions options, Path folder) {
    this.lang = StartingLang.read(lang);
    this.corpus = corpus;
    this.recipe = recipe;
    this.options = options;
    this.folder = new StartFolder(folder, lang);
  }

  /** Does what is left to do; a run that was broken off goes on with the round it was in. */
  public void run() throws IOException {
    if (folder.isFinished(recipe.run().restart())) {
      return;
    }
    folder.claim(recipe.run().restart());
    folder.begin(lang);
    Rounds rounds = new Rounds(lang, corpus, recipe, options, folder);
    rounds.run(this::divideEvenly, UtteranceLabels::decode);
  }

  private void divideEvenly(TableWriter<int[]> labels) {
    ForcedAligner aligner = lang.aligner(options.alignment());
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    int[] silence = lang.silencePdfs();
    try (SequentialTableReader<FloatMatrix> in = corpus.open();
        ReadAhead<List<String>> texts = corpus.openText()) {
      while (in.next()) {
        try {
          FloatMatrix matrix = in.value();
          List<ForcedAligner.Phone> phones =
              aligner.phones(
                  corpus.words(texts, in.key(), matrix),
                  lang.transcripts()::word,
                  lang.optionalSilence());
          labels.write(in.key(), FirstSegmentation.of(matrix, phones, silence).encode());
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
  }
}
