package org.stjem.acoustic.flatstart;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * The folder of a flat start. At its end it has what Kaldi's scripts want of an alignment folder,
 * {@code final.mdl}, {@code tree}, {@code ali.1.gz}, {@code num_jobs} and {@code phones.txt}, the
 * last network in {@code model}, and the rounds in {@code rounds.jsonl} and {@code
 * flat-start.html}. Before, {@code round.N} has the network and the alignments of a round.
 */
final class StartFolder {
  private static final Logger LOG = LoggerFactory.getLogger(StartFolder.class);
  private static final Gson GSON = new Gson();

  private final Path path;
  private final Path lang;
  private final List<Round> rounds = new ArrayList<>();

  StartFolder(Path path, Path lang) {
    this.path = path;
    this.lang = lang;
  }

  private Path finalAlignments() {
    return path.resolve("ali.1.gz");
  }

  private Path model() {
    return path.resolve("model");
  }

  private Path journal() {
    return path.resolve("rounds.jsonl");
  }

  /** Whether nothing is left to do, which is said then. */
  boolean isFinished(boolean restart) throws IOException {
    if (restart || !Files.exists(finalAlignments())) {
      return false;
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.anyMatch(file -> file.getFileName().toString().startsWith("round."))) {
        return false;
      }
    }
    LOG.info("{} has been finished before; nothing is left to do", path);
    return true;
  }

  /**
   * Makes the folder, or takes one that such a run has made.
   *
   * @throws StjemException if the folder has something else
   */
  void claim(boolean restart) throws IOException {
    if (restart && Files.exists(journal())) {
      Files.deleteIfExists(finalAlignments());
      Files.deleteIfExists(tree());
      AtomicFile.writeString(journal(), "");
    }
    if (!Files.exists(journal())) {
      // Another system's model and alignments have the same names.
      AtomicFolder.requireFree(path);
      Files.createDirectories(path);
      AtomicFile.writeString(journal(), "");
    }
  }

  /** The tree; not there before a run has begun. */
  Path tree() {
    return path.resolve("tree");
  }

  private Path finalModel() {
    return path.resolve("final.mdl");
  }

  /** Writes model and tree, and reads which rounds were done before. */
  void begin(StartingLang start) throws IOException {
    start.model().write(ByteNames.of(finalModel()), true);
    start.tree().write(ByteNames.of(tree()), true);
    Files.copy(
        lang.resolve("phones.txt"),
        path.resolve("phones.txt"),
        StandardCopyOption.REPLACE_EXISTING);
    AtomicFile.writeString(path.resolve("num_jobs"), "1\n");
    for (String line : TextFile.lines(journal())) {
      try {
        rounds.add(GSON.fromJson(line, Round.class));
      } catch (JsonParseException e) {
        throw new StjemException(
            journal() + " line " + (rounds.size() + 1) + " is no round; --restart begins anew", e);
      }
    }
  }

  /** The rounds so far; grows by {@link #add}. */
  List<Round> rounds() {
    return rounds;
  }

  Path round(int number) {
    return path.resolve("round." + number);
  }

  /** Makes an empty folder for a round; what a run that was broken off left goes. */
  Path newRound(int number) throws IOException {
    remove(round(number));
    return Files.createDirectory(round(number));
  }

  /** Specifier of the alignments of a round; of round 0, of what the first one begins with. */
  String alignments(int number) {
    return "ark:" + ByteNames.of(round(number).resolve("ali.ark"));
  }

  /** The model that a round has led to. */
  TransitionModel model(int number) {
    return TransitionModel.read(ByteNames.of(roundModel(number)));
  }

  void writeModel(int number, TransitionModel model) {
    model.write(ByteNames.of(roundModel(number)), true);
  }

  private Path roundModel(int number) {
    return round(number).resolve("final.mdl");
  }

  /** Notes a round that is complete; the one before it is not needed any more. */
  void add(Round round) throws IOException {
    rounds.add(round);
    StringBuilder text = new StringBuilder();
    rounds.forEach(each -> text.append(GSON.toJson(each)).append('\n'));
    AtomicFile.writeString(journal(), text.toString());
    remove(round(round.round() - 1));
  }

  /** What gives the scores of the next round. */
  Round.Kind nextKind(FlatStartOptions options) {
    boolean more =
        rounds.size() < options.gaussianRounds()
            && (rounds.isEmpty()
                || (last().kind() == Round.Kind.GAUSSIANS && last().moved() >= options.settled()));
    return more ? Round.Kind.GAUSSIANS : Round.Kind.NETWORK;
  }

  private Round last() {
    return rounds.get(rounds.size() - 1);
  }

  /** Why no further round follows, or null if one does. */
  String end(FlatStartOptions options) {
    boolean networksFollow = options.numRounds() > 0 || nextKind(options) == Round.Kind.GAUSSIANS;
    if (rounds.isEmpty() || (last().kind() == Round.Kind.GAUSSIANS && networksFollow)) {
      return null;
    }
    String share =
        String.format(
            Locale.ROOT,
            "in round %d %.1f %% of the boundaries moved, and %.1f %% was the limit.",
            last().round(),
            100 * last().moved(),
            100 * options.settled());
    if (last().moved() < options.settled()) {
      return "The alignments have settled: " + share;
    }
    long ofKind = rounds.stream().filter(r -> r.kind() == last().kind()).count();
    return ofKind < options.numRounds()
        ? null
        : "The alignments have not settled in "
            + ofKind
            + (last().kind() == Round.Kind.NETWORK
                ? " rounds of networks: "
                : " rounds of Gaussians: ")
            + share;
  }

  void writePage(FlatStartOptions options) throws IOException {
    AtomicFile.writeString(
        path.resolve("flat-start.html"),
        RoundPage.html(path.toAbsolutePath().getFileName().toString(), rounds, end(options)));
  }

  /** Makes the last round the result; its folder goes last, see {@link #isFinished}. */
  void finish() throws IOException {
    Path done = round(rounds.size());
    try (AtomicFile file = AtomicFile.create(finalAlignments())) {
      GZIPOutputStream out = new GZIPOutputStream(file.stream());
      Files.copy(done.resolve("ali.ark"), out);
      out.finish();
      file.commit();
    }
    Files.copy(roundModel(rounds.size()), finalModel(), StandardCopyOption.REPLACE_EXISTING);
    remove(model());
    if (last().kind() == Round.Kind.NETWORK) {
      Files.move(done, model());
      Files.deleteIfExists(model().resolve("final.mdl"));
      Files.deleteIfExists(model().resolve("ali.ark"));
    } else {
      remove(done);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(folder)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}
