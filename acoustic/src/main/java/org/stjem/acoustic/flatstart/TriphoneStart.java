package org.stjem.acoustic.flatstart;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.acoustic.tying.AlignmentConverter;
import org.stjem.acoustic.tying.Cepstra;
import org.stjem.acoustic.tying.TreeLang;
import org.stjem.acoustic.tying.TreeOptions;
import org.stjem.acoustic.tying.TreeStatistics;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Tied triphone states of a corpus that has alignments: makes a tree of them, carries them over,
 * and lets networks learn them and align anew.
 */
public final class TriphoneStart {
  private static final Logger LOG = LoggerFactory.getLogger(TriphoneStart.class);

  private static final int WIDTH = 3;
  private static final int POSITION = 1;

  private final Path langFolder;
  private final StartingLang lang;
  private final StartCorpus corpus;
  private final TrainingRecipe recipe;
  private final FlatStartOptions options;
  private final TreeOptions treeOptions;
  private final StartFolder folder;
  private final Path alignmentFolder;
  private final FlatStart monophones;

  /**
   * Prepares.
   *
   * @param langFolder language directory
   * @param recipe of each round's training; features are normalised as it says
   * @param folder where tree, models and alignments go
   * @param alignments folder with {@code final.mdl} and {@code ali.*.gz}
   * @param monophones makes that folder, or null if it is there
   */
  public TriphoneStart(
      Path langFolder,
      StartCorpus corpus,
      TrainingRecipe recipe,
      FlatStartOptions options,
      TreeOptions treeOptions,
      Path folder,
      Path alignments,
      FlatStart monophones) {
    this.langFolder = langFolder;
    this.lang = StartingLang.read(langFolder);
    this.corpus = corpus;
    this.recipe = recipe;
    this.options = options;
    this.treeOptions = treeOptions;
    this.folder = new StartFolder(folder, langFolder);
    this.alignmentFolder = alignments;
    this.monophones = monophones;
  }

  /** Does what is left to do; a run that was broken off goes on with the round it was in. */
  public void run() throws IOException {
    if (folder.isFinished(recipe.run().restart())) {
      return;
    }
    if (monophones == null) {
      table();
    }
    folder.claim(recipe.run().restart());
    if (monophones != null) {
      monophones.run();
    }
    TransitionModel old = TransitionModel.read(ByteNames.of(alignmentFolder.resolve("final.mdl")));
    ContextDependency tree =
        Files.exists(folder.tree())
            ? ContextDependency.read(ByteNames.of(folder.tree()))
            : tree(old);
    TransitionModel model = TransitionModel.of(lang.model().topology(), tree);
    StartingLang tied = lang.with(model, tree);
    folder.begin(tied);
    Rounds rounds = new Rounds(tied, corpus, recipe, options, folder);
    rounds.run(
        out -> {
          AlignmentConverter converter = new AlignmentConverter(old, model, tree);
          forEach((key, in, ids) -> out.write(key, converter.convert(ids)));
        },
        ids -> UtteranceLabels.of(model, tied.silence(), ids));
  }

  /** Rspecifier of the alignments, in the order in which Kaldi divides a corpus into jobs. */
  private String table() {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(alignmentFolder, "ali.*.gz")) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new StjemException(
          "cannot read " + alignmentFolder + ": " + StjemException.reason(e), e);
    }
    if (files.isEmpty()) {
      throw new StjemException(alignmentFolder + " has no ali.*.gz");
    }
    files.sort(
        Comparator.comparingInt((Path file) -> ByteNames.of(file).length())
            .thenComparing(Comparator.naturalOrder()));
    return files.stream()
        .map(file -> "'" + ByteNames.of(file).replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" ", "ark:gunzip -c ", "|"));
  }

  /** Uses the alignment of an utterance. */
  private interface Use {
    void take(String key, SequentialTableReader<FloatMatrix> features, int... transitionIds);
  }

  /** Goes over the features that have an alignment; one of each is in memory at a time. */
  private void forEach(Use use) {
    Set<String> unaligned;
    try (SequentialTableReader<int[]> ids = Tables.readIntVectors(table());
        SequentialTableReader<FloatMatrix> in = corpus.open()) {
      unaligned = KeyDifference.of(ids, in).second();
    }
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (ReadAhead<int[]> ids = new ReadAhead<>(Tables.readIntVectors(table()));
        SequentialTableReader<FloatMatrix> in = corpus.open()) {
      while (in.next()) {
        try {
          if (unaligned.contains(in.key())) {
            throw new EntryException("it has no alignment");
          }
          use.take(in.key(), in, ids.take(in.key()));
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
  }

  private ContextDependency tree(TransitionModel old) {
    TreeLang its = TreeLang.read(langFolder);
    TreeStatistics statistics = its.statistics(old, WIDTH, POSITION);
    forEach((key, in, ids) -> statistics.add(Cepstra.of(in.value()), ids));
    LOG.info("{} states in context have been seen", statistics.size());
    List<int[]> questions = its.questions(statistics, Set.of(its.middleClass()));
    return its.tree(statistics, questions, treeOptions);
  }
}
