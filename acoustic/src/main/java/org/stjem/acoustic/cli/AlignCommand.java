package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.forced.AlignmentOptions;
import org.stjem.acoustic.forced.ForcedAligner;
import org.stjem.acoustic.forced.Transcripts;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic align}. */
@Command(
    description = {
      "Aligns utterances with their transcripts: finds the transition-id of every frame on the best"
          + " path through all pronunciations of the words, with optional silence between them. What"
          + " Kaldi's compile-train-graphs and align-compiled-mapped find, for trees of any context.",
      "An utterance that cannot be aligned is left out, and the reason is said.",
      "",
      "e.g.: stjem acoustic forward exp/st-jem scp:feats.scp ark:- | stjem acoustic align"
          + " --acoustic-scale=0.1 --self-loop-scale=0.1 exp/tri/tree exp/tri/final.mdl data/lang"
          + " ark:- ark:data/train/text 'ark:|gzip -c >exp/tri_ali/ali.1.gz'",
      ""
    },
    sortOptions = false)
final class AlignCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(AlignCommand.class);

  @Option(
      names = "--acoustic-scale",
      paramLabel = "SCALE",
      description = "factor of the log-likelihoods (default: ${DEFAULT-VALUE})")
  private float acousticScale = 1;

  @Option(
      names = "--transition-scale",
      paramLabel = "SCALE",
      description = "factor of transition probabilities' logarithms (default: ${DEFAULT-VALUE})")
  private float transitionScale = 1;

  @Option(
      names = "--self-loop-scale",
      paramLabel = "SCALE",
      description = "the same of staying in a state or leaving it (default: ${DEFAULT-VALUE})")
  private float selfLoopScale = 1;

  @Option(
      names = "--beam",
      paramLabel = "COST",
      description =
          "paths that cost so much more than the best are given up (default: ${DEFAULT-VALUE})")
  private float beam = 200;

  @Option(
      names = "--retry-beam",
      paramLabel = "COST",
      description =
          "beam of a second try if the first reached no end; 0 for none (default: ${DEFAULT-VALUE})")
  private float retryBeam = 0;

  @Option(
      names = "--reorder",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "put the transition that leaves a state before its self-loops, as Kaldi's graphs do"
              + " (default: ${DEFAULT-VALUE})")
  private boolean reorder = true;

  @Option(
      names = "--nj",
      paramLabel = "N",
      description = "threads; the output keeps the order of the input (default: ${DEFAULT-VALUE})")
  private int threads = 1;

  @Parameters(index = "0", paramLabel = "TREE", description = "decision tree of the model")
  private String tree;

  @Parameters(index = "1", paramLabel = "FINAL.MDL", description = "model with transition-ids")
  private String model;

  @Parameters(
      index = "2",
      paramLabel = "LANG-DIR",
      description = "folder with L.fst, words.txt and oov.txt, such as data/lang")
  private Path lang;

  @Parameters(
      index = "3",
      paramLabel = "LOGLIKES-RSPECIFIER",
      description = "log-likelihoods, one column per pdf")
  private String loglikes;

  @Parameters(
      index = "4",
      paramLabel = "TEXT-RSPECIFIER",
      description = "words of the utterances; a bare file name is meant as ark:")
  private String text;

  @Parameters(
      index = "5",
      paramLabel = "ALI-WSPECIFIER",
      description = "table to write: transition-ids, one per frame")
  private String alignments;

  @Parameters(
      index = "6",
      arity = "0..1",
      paramLabel = "SCORES-WSPECIFIER",
      description = "table to write: scaled log-likelihood of each utterance")
  private String scores;

  private long frames;
  private double total;
  private int unknownWords;

  /** An utterance on its way; what is not known yet, or cannot be found, is null. */
  private record Utterance(
      String key,
      int[] words,
      FloatMatrix loglikes,
      ForcedAligner.Alignment alignment,
      StjemException fault) {

    private static Utterance failed(String key, StjemException fault) {
      return new Utterance(key, null, null, null, fault);
    }
  }

  @Override
  public Integer call() {
    if (threads < 1) {
      throw new StjemException("--nj must be 1 or more, not " + threads);
    }
    AlignmentOptions options =
        new AlignmentOptions(
            acousticScale, transitionScale, selfLoopScale, beam, retryBeam, reorder);
    Transcripts transcripts = Transcripts.read(lang);
    ForcedAligner aligner =
        new ForcedAligner(
            TransitionModel.read(model),
            ContextDependency.read(tree),
            transcripts.readLexicon(lang),
            options);
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<FloatMatrix> in = Tables.readFloatMatrices(loglikes);
        RandomAccessTableReader<List<String>> texts =
            Tables.lookUpTokenVectors(Tables.isSpecifier(text) ? text : "ark:" + text);
        TableWriter<int[]> out = Tables.writeIntVectors(alignments);
        TableWriter<Double> costs = scores == null ? null : Tables.writeDoubles(scores);
        OrderedWorkers<Utterance, Utterance> workers =
            new OrderedWorkers<>(
                threads,
                () -> utterance -> align(aligner, transcripts, utterance),
                utterance -> write(utterance, out, costs, tally))) {
      while (in.next()) {
        workers.submit(read(in, texts, transcripts));
      }
      workers.finish();
      report(tally);
      out.commit();
      if (costs != null) {
        costs.commit();
      }
    }
    return 0;
  }

  private Utterance read(
      SequentialTableReader<FloatMatrix> in,
      RandomAccessTableReader<List<String>> texts,
      Transcripts transcripts) {
    try {
      FloatMatrix matrix = in.value();
      if (!texts.hasKey(in.key())) {
        throw new EntryException("it has no transcript");
      }
      List<String> words = texts.value(in.key());
      unknownWords += transcripts.unknown(words);
      return new Utterance(in.key(), transcripts.ids(words), matrix, null, null);
    } catch (EntryException e) {
      return Utterance.failed(in.key(), e);
    }
  }

  private static Utterance align(
      ForcedAligner aligner, Transcripts transcripts, Utterance utterance) {
    if (utterance.fault != null) {
      return utterance;
    }
    try {
      ForcedAligner.Alignment found =
          aligner.align(utterance.words, transcripts::word, utterance.loglikes);
      return new Utterance(utterance.key, null, utterance.loglikes, found, null);
    } catch (EntryException e) {
      return Utterance.failed(utterance.key, e);
    }
  }

  private void write(
      Utterance utterance,
      TableWriter<int[]> out,
      TableWriter<Double> costs,
      UtteranceTally tally) {
    if (utterance.fault != null) {
      tally.failed(utterance.key, utterance.fault);
      return;
    }
    ForcedAligner.Alignment alignment = utterance.alignment;
    out.write(utterance.key, alignment.transitionIds());
    if (costs != null) {
      costs.write(utterance.key, alignment.logLikelihood() * acousticScale);
    }
    frames += alignment.transitionIds().length;
    total += alignment.logLikelihood();
    tally.done();
  }

  private void report(UtteranceTally tally) {
    if (unknownWords > 0) {
      LOG.warn(
          "{} {} not in {}: the unknown word stands for them",
          unknownWords,
          unknownWords == 1 ? "word is" : "words are",
          lang.resolve("words.txt"));
    }
    tally.finish();
    LOG.info(
        "{}",
        String.format(
            Locale.ROOT,
            "Overall log-likelihood per frame is %.6g over %d frames.",
            total / frames,
            frames));
  }
}
