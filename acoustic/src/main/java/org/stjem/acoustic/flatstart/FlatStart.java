package org.stjem.acoustic.flatstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
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
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Aligns a corpus that nobody has aligned before: frames are first divided evenly among the states
 * of the transcripts, silence by its energy; then a Gaussian per state, and when that has settled a
 * network, learn the labels and align anew, until boundaries stay where they are.
 */
public final class FlatStart {
  private static final Logger LOG = LoggerFactory.getLogger(FlatStart.class);

  private final StartingLang lang;
  private final ForcedAligner aligner;
  private final FlatStartOptions options;
  private final Supplier<SequentialTableReader<FloatMatrix>> features;
  private final String featuresRspecifier;
  private final Map<String, int[]> words = new HashMap<>();
  private final TrainingRecipe recipe;
  private final StartFolder folder;

  /** Of each utterance: a pdf per frame, and where its phones begin. */
  private Map<String, int[]> labels = new HashMap<>();

  private Map<String, PhoneStarts> starts = new HashMap<>();

  /**
   * Prepares a flat start.
   *
   * @param lang language directory
   * @param features opens the features of the corpus, normalised as the recipe says
   * @param featuresRspecifier what they are called
   * @param text rspecifier of the transcripts
   * @param recipe of each round's training
   * @param folder where models and alignments go
   */
  public FlatStart(
      Path lang,
      Supplier<SequentialTableReader<FloatMatrix>> features,
      String featuresRspecifier,
      String text,
      TrainingRecipe recipe,
      FlatStartOptions options,
      Path folder) {
    this.lang = StartingLang.read(lang);
    this.aligner =
        new ForcedAligner(
            this.lang.model(), this.lang.tree(), this.lang.lexicon(), options.alignment());
    this.features = features;
    this.featuresRspecifier = featuresRspecifier;
    this.recipe = recipe;
    this.options = options;
    this.folder = new StartFolder(folder, lang);
    try (SequentialTableReader<List<String>> texts = Tables.readTokenVectors(text)) {
      while (texts.next()) {
        words.put(texts.key(), this.lang.transcripts().ids(texts.value()));
      }
    }
  }

  /** Does what is left to do; a run that was broken off goes on with the round it was in. */
  public void run() throws IOException {
    if (folder.isFinished() && !recipe.run().restart()) {
      LOG.info("{} has been finished before; nothing is left to do", folder.path());
      return;
    }
    folder.begin(lang, recipe.run().restart());
    List<Round> rounds = folder.rounds();
    if (rounds.isEmpty()) {
      divideEvenly();
    } else {
      LOG.info("Going on after round {}", rounds.size());
      readAlignments(folder.alignments(rounds.size()));
    }
    while (folder.end(options) == null) {
      Round.Kind kind = folder.nextKind(options);
      long start = System.nanoTime();
      Path target = folder.newRound();
      Scores scores = kind == Round.Kind.GAUSSIANS ? gaussians() : network(rounds, target);
      RoundTally tally = align(folder.alignments(rounds.size() + 1), scores);
      folder.add(tally.round(rounds.size() + 1, kind, (System.nanoTime() - start) * 1e-9));
      folder.writePage(options);
      log(rounds.get(rounds.size() - 1));
    }
    folder.finish();
    LOG.info("{}", folder.end(options));
  }

  private void divideEvenly() {
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    int[] silence = lang.silencePdfs();
    try (SequentialTableReader<FloatMatrix> in = features.get()) {
      while (in.next()) {
        try {
          FloatMatrix matrix = in.value();
          List<ForcedAligner.Phone> phones =
              aligner.phones(words(in.key()), lang.transcripts()::word, lang.optionalSilence());
          FirstSegmentation.Labels made = FirstSegmentation.of(matrix, phones, silence);
          labels.put(in.key(), made.pdfs());
          starts.put(in.key(), made.starts());
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
  }

  private int[] words(String key) {
    int[] ids = words.get(key);
    if (ids == null) {
      throw new EntryException("it has no transcript");
    }
    return ids;
  }

  private void readAlignments(String rspecifier) {
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(rspecifier)) {
      while (in.next()) {
        labels.put(in.key(), lang.model().pdfs(in.value()));
        starts.put(in.key(), PhoneStarts.of(lang.model(), in.value(), lang.silence()));
      }
    }
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
    try (SequentialTableReader<FloatMatrix> in = features.get()) {
      while (in.next()) {
        if (labels.containsKey(in.key())) {
          gaussians.add(StateGaussians.cepstra(in.value()), labels.get(in.key()));
        }
      }
    }
    gaussians.estimate();
    return matrix -> gaussians.scores(StateGaussians.cepstra(matrix));
  }

  /** Trains a network on the labels, from the one of the round before if that had one. */
  private Scores network(List<Round> rounds, Path target) throws IOException {
    boolean first = rounds.isEmpty() || rounds.get(rounds.size() - 1).kind() != Round.Kind.NETWORK;
    TrainingRecipe its = recipe.from(first ? null : folder.round(rounds.size()));
    try (SequentialTableReader<FloatMatrix> in = features.get();
        RandomAccessTableReader<int[]> known = new KnownLabels(labels);
        FrameCorpus corpus =
            FrameCorpus.read(
                target,
                in,
                known,
                PdfMap.ofPdfs(),
                lang.model().numPdfs(),
                its.leftContext(),
                its.rightContext(),
                new UtteranceTally(LOG, 1))) {
      TrainingSpeakers.note(target, featuresRspecifier);
      new AcousticTraining(its, target).run(corpus, null, null, null);
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

  /** The labels of the round before, as a table. */
  private record KnownLabels(Map<String, int[]> labels) implements RandomAccessTableReader<int[]> {
    @Override
    public boolean hasKey(String key) {
      return labels.containsKey(key);
    }

    @Override
    public int[] value(String key) {
      if (!hasKey(key)) {
        throw new EntryException("it could not be aligned");
      }
      return labels.get(key);
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }

  /** An utterance, its alignment, or why it has none. */
  private record Aligned(
      String key,
      int[] words,
      FloatMatrix matrix,
      ForcedAligner.Alignment found,
      EntryException fault) {}

  /** Aligns all utterances, whose labels are new then. */
  private RoundTally align(String alignments, Scores scores) {
    RoundTally tally = new RoundTally(new UtteranceTally(LOG, 1), starts);
    Map<String, int[]> nextLabels = new HashMap<>();
    Map<String, PhoneStarts> nextStarts = new HashMap<>();
    try (scores;
        SequentialTableReader<FloatMatrix> in = features.get();
        TableWriter<int[]> out = Tables.writeIntVectors(alignments);
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
                  PhoneStarts begun = PhoneStarts.of(lang.model(), ids, lang.silence());
                  nextLabels.put(utterance.key, lang.model().pdfs(ids));
                  nextStarts.put(utterance.key, begun);
                  tally.done(utterance.key, utterance.found, begun);
                })) {
      while (in.next()) {
        try {
          workers.submit(new Aligned(in.key(), words(in.key()), in.value(), null, null));
        } catch (EntryException e) {
          workers.submit(new Aligned(in.key(), null, null, null, e));
        }
      }
      workers.finish();
      out.commit();
    }
    labels = nextLabels;
    starts = nextStarts;
    return tally;
  }

  private Aligned align(Scores scores, Aligned utterance) {
    if (utterance.fault != null) {
      return utterance;
    }
    try {
      ForcedAligner.Alignment found =
          aligner.align(utterance.words, lang.transcripts()::word, scores.of(utterance.matrix));
      return new Aligned(utterance.key, null, null, found, null);
    } catch (EntryException e) {
      return new Aligned(utterance.key, null, null, null, e);
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
