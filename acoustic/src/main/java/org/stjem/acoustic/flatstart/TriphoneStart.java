package org.stjem.acoustic.flatstart;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      tables();
    }
    folder.claim(recipe.run().restart());
    if (monophones != null) {
      monophones.run();
    }
    TransitionModel old = TransitionModel.read(ByteNames.of(alignmentFolder.resolve("final.mdl")));
    Map<String, int[]> alignments = new HashMap<>();
    for (String table : tables()) {
      try (SequentialTableReader<int[]> in = Tables.readIntVectors(table)) {
        while (in.next()) {
          alignments.put(in.key(), in.value());
        }
      }
    }
    ContextDependency tree =
        Files.exists(folder.tree())
            ? ContextDependency.read(ByteNames.of(folder.tree()))
            : tree(old, alignments);
    TransitionModel model = TransitionModel.of(lang.model().topology(), tree);
    StartingLang tied = lang.with(model, tree);
    AlignmentConverter converter = new AlignmentConverter(old, model, tree);
    folder.begin(tied);
    Rounds rounds = new Rounds(tied, corpus, recipe, options, folder);
    rounds.run(
        () -> {
          convert(alignments, converter, tied, rounds);
          alignments.clear();
        });
  }

  /** Rspecifiers of the alignments. */
  private List<String> tables() throws IOException {
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
    Collections.sort(files);
    return files.stream()
        .map(file -> "'" + ByteNames.of(file).replace("'", "'\\''") + "'")
        .map(quoted -> "ark:gunzip -c " + quoted + "|")
        .collect(Collectors.toList());
  }

  private ContextDependency tree(TransitionModel old, Map<String, int[]> alignments) {
    TreeLang its = TreeLang.read(langFolder);
    TreeStatistics statistics = its.statistics(old, WIDTH, POSITION);
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<FloatMatrix> in = corpus.open()) {
      while (in.next()) {
        try {
          FloatMatrix matrix = in.value();
          if (!alignments.containsKey(in.key())) {
            throw new EntryException("it has no alignment");
          }
          statistics.add(Cepstra.of(matrix), alignments.get(in.key()));
          tally.done();
        } catch (EntryException e) {
          tally.failed(in.key(), e);
        }
      }
    }
    tally.finish();
    LOG.info("{} states in context have been seen", statistics.size());
    List<int[]> questions = its.questions(statistics, Set.of(its.middleClass()));
    return its.tree(statistics, questions, treeOptions);
  }

  private static void convert(
      Map<String, int[]> alignments,
      AlignmentConverter converter,
      StartingLang tied,
      Rounds rounds) {
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    alignments.forEach(
        (key, ids) -> {
          try {
            int[] converted = converter.convert(ids);
            rounds.label(
                key,
                tied.model().pdfs(converted),
                PhoneStarts.of(tied.model(), converted, tied.silence()));
            tally.done();
          } catch (EntryException e) {
            tally.failed(key, e);
          }
        });
    tally.finish();
  }
}
