package org.stjem.acoustic.flatstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.data.TrainingSpeakers;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InferenceEngine;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.train.AcousticTraining;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.acoustic.tying.Cepstra;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionCounts;

/**
 * Rounds in which Gaussians or networks learn the labels of the round before and align anew, until
 * boundaries stay where they are. Transition probabilities are learnt too. Labels stay on disk; of
 * the corpus one utterance per thread is in memory.
 */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /** Least probability of a transition, and least count from which it is learnt: Kaldi's. */
  private static final float TRANSITION_FLOOR = 0.01f;

  private static final float TRANSITION_MIN_COUNT = 5;

  private final StartCorpus corpus;
  private final FlatStartOptions options;
  private final TrainingRecipe recipe;
  private final StartFolder folder;
  private StartingLang lang;
  private ForcedAligner aligner;

  /** Makes labels of the rows that the round before has written. */
  private Function<int[], UtteranceLabels> decode;

  /**
   * Prepares rounds.
   *
   * @param recipe of each round's training
   * @param folder that has begun
   */
  Rounds(
      StartingLang lang,
      StartCorpus corpus,
      TrainingRecipe recipe,
      FlatStartOptions options,
      StartFolder folder) {
    this.corpus = corpus;
    this.recipe = recipe;
    this.options = options;
    this.folder = folder;
    take(lang);
  }

  private void take(StartingLang next) {
    lang = next;
    aligner = next.aligner(options.alignment());
  }

  /**
   * Does the rounds that are left; a run that was broken off goes on with the one it was in.
   *
   * @param first writes labels of the utterances, in the order of the features, if no round has
   *     been done
   * @param decodeFirst reads what it writes
   */
  void run(Consumer<TableWriter<int[]>> first, Function<int[], UtteranceLabels> decodeFirst)
      throws IOException {
    List<Round> rounds = folder.rounds();
    if (rounds.isEmpty()) {
      folder.newRound(0);
      try (TableWriter<int[]> out = Tables.writeIntVectors(folder.alignments(0))) {
        first.accept(out);
        out.commit();
      }
      decode = decodeFirst;
    } else {
      LOG.info("Going on after round {}", rounds.size());
      take(lang.with(folder.model(rounds.size())));
      decode = this::labels;
    }
    while (folder.end(options) == null) {
      Round.Kind kind = folder.nextKind(options);
      long start = System.nanoTime();
      Path target = folder.newRound(rounds.size() + 1);
      Scores scores = kind == Round.Kind.GAUSSIANS ? gaussians() : network(rounds, target);
      RoundTally tally = align(rounds.size() + 1, scores);
      folder.add(tally.round(rounds.size() + 1, kind, (System.nanoTime() - start) * 1e-9));
      folder.writePage(options);
      log(rounds.get(rounds.size() - 1));
    }
    folder.finish();
    LOG.info("{}", folder.end(options));
  }

  private UtteranceLabels labels(int... transitionIds) {
    return UtteranceLabels.of(lang.model(), lang.silence(), transitionIds);
  }

  /** The features with the labels of the round before. */
  private LabelledFeatures labelled() {
    return new LabelledFeatures(corpus.open(), folder.alignments(folder.rounds().size()), decode);
  }

  /** Gives log-likelihoods of the pdfs to the features of utterances. Thread-safe. */
  private interface Scores extends AutoCloseable {
    FloatMatrix of(FloatMatrix features);

    @Override
    default void close() {
      // Most have nothing to close.
    }
  }

  /** Estimates Gaussians of the labels. */
  private Scores gaussians() {
    StateGaussians gaussians = new StateGaussians(lang.model().numPdfs());
    try (LabelledFeatures in = labelled()) {
      while (in.next()) {
        if (in.labels() != null) {
          gaussians.add(Cepstra.of(in.value()), in.labels().pdfs());
        }
      }
    }
    gaussians.estimate();
    return matrix -> gaussians.scores(Cepstra.of(matrix));
  }

  /** Trains a network on the labels, from the one of the round before if that had one. */
  private Scores network(List<Round> rounds, Path target) throws IOException {
    boolean first = rounds.isEmpty() || rounds.get(rounds.size() - 1).kind() != Round.Kind.NETWORK;
    TrainingRecipe its = recipe.from(first ? null : folder.round(rounds.size()));
    try (LabelledFeatures in = labelled();
        FrameCorpus frames =
            FrameCorpus.read(
                target,
                in,
                in.pdfs(),
                PdfMap.ofPdfs(),
                lang.model().numPdfs(),
                its.leftContext(),
                its.rightContext(),
                new UtteranceTally(LOG, 1))) {
      TrainingSpeakers.note(target, corpus.rspecifier());
      new AcousticTraining(its, target).run(frames, null, null, null);
    }
    Placement placement = new Placement(InferenceEngine.AUTO, recipe.device(), 1);
    AcousticModel model = ModelFolder.load(target, placement, ModelFolder.NO_CALIBRATION);
    Priors priors = model.priorSettings().priors();
    return new Scores() {
      @Override
      public FloatMatrix of(FloatMatrix matrix) {
        return priors.apply(model.logits(matrix), OutputKind.LOGLIKES, PriorSettings.DEFAULT_SCALE);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  /** An utterance, its alignment, or why it has none. */
  private record Aligned(
      String key,
      int[] words,
      FloatMatrix matrix,
      UtteranceLabels before,
      ForcedAligner.Alignment found,
      EntryException fault) {
    private static Aligned failed(String key, EntryException fault) {
      return new Aligned(key, null, null, null, null, fault);
    }

    private PhoneStarts startsBefore() {
      return before == null ? null : before.starts();
    }
  }

  /** Aligns all utterances, whose labels are new then. */
  private RoundTally align(int round, Scores scores) {
    RoundTally tally = new RoundTally(new UtteranceTally(LOG, 1));
    TransitionCounts counts = new TransitionCounts(lang.model());
    try (scores;
        LabelledFeatures in = labelled();
        ReadAhead<List<String>> texts = corpus.openText();
        TableWriter<int[]> out = Tables.writeIntVectors(folder.alignments(round));
        OrderedWorkers<Aligned, Aligned> workers =
            new OrderedWorkers<>(
                options.threads(),
                () -> utterance -> align(scores, utterance),
                utterance -> {
                  if (utterance.fault != null) {
                    tally.failed(utterance.key, utterance.fault);
                    return;
                  }
                  int[] ids = utterance.found.transitionIds();
                  out.write(utterance.key, ids);
                  counts.add(ids);
                  PhoneStarts begun = PhoneStarts.of(lang.model(), ids, lang.silence());
                  tally.done(utterance.found, begun, utterance.startsBefore());
                })) {
      while (in.next()) {
        try {
          FloatMatrix matrix = in.value();
          int[] words = corpus.words(texts, in.key(), matrix);
          workers.submit(new Aligned(in.key(), words, matrix, in.labels(), null, null));
        } catch (EntryException e) {
          workers.submit(Aligned.failed(in.key(), e));
        }
      }
      workers.finish();
      out.commit();
    }
    decode = this::labels;
    take(lang.with(counts.estimate(TRANSITION_FLOOR, TRANSITION_MIN_COUNT).model()));
    folder.writeModel(round, lang.model());
    return tally;
  }

  private Aligned align(Scores scores, Aligned utterance) {
    if (utterance.fault != null) {
      return utterance;
    }
    try {
      ForcedAligner.Alignment found =
          aligner.align(utterance.words, lang.transcripts()::word, scores.of(utterance.matrix));
      return new Aligned(utterance.key, null, null, utterance.before, found, null);
    } catch (EntryException e) {
      return Aligned.failed(utterance.key, e);
    }
  }

  private static void log(Round round) {
    LOG.info(
        "{}",
        String.format(
            Locale.ROOT,
            "Round %d, by %s: %.1f %% of %d boundaries moved, on average by %.2f frames; log-likelihood per"
                + " frame %.4f; %.1f %% silence",
            round.round(),
            round.kind().shown(),
            100 * round.moved(),
            round.boundaries(),
            round.meanShift(),
            round.logLikelihood(),
            100 * round.silence()));
  }
}
