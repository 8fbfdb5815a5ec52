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
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The folder of a flat start. At its end it has what Kaldi's scripts want of an alignment folder,
 * {@code final.mdl}, {@code tree}, {@code ali.1.gz}, {@code num_jobs} and {@code phones.txt}, the
 * last network in {@code model}, and the rounds in {@code rounds.jsonl} and {@code
 * flat-start.html}. Before, {@code round.N} has the network and the alignments of a round.
 */
final class StartFolder {
  private static final Gson GSON = new Gson();

  private final Path path;
  private final Path lang;
  private final List<Round> rounds = new ArrayList<>();

  StartFolder(Path path, Path lang) {
    this.path = path;
    this.lang = lang;
  }

  Path path() {
    return path;
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

  boolean isFinished() {
    return Files.exists(finalAlignments()) && Files.exists(model());
  }

  /**
   * Writes model and tree, and reads which rounds were done before.
   *
   * @throws StjemException if the folder has something else than a flat start
   */
  void begin(StartingLang start, boolean restart) throws IOException {
    if (restart && Files.exists(journal())) {
      Files.deleteIfExists(finalAlignments());
      AtomicFile.writeString(journal(), "");
    }
    if (!Files.exists(journal())) {
      // Another system's model and alignments have the same names.
      AtomicFolder.requireFree(path);
      Files.createDirectories(path);
      AtomicFile.writeString(journal(), "");
    }
    start.model().write(ByteNames.of(path.resolve("final.mdl")), true);
    start.tree().write(ByteNames.of(path.resolve("tree")), true);
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

  /** Makes an empty folder for the next round; what a run that was broken off left goes. */
  Path newRound() throws IOException {
    remove(round(rounds.size() + 1));
    return Files.createDirectory(round(rounds.size() + 1));
  }

  /** Specifier of the alignments of a round. */
  String alignments(int number) {
    return "ark:" + ByteNames.of(round(number).resolve("ali.ark"));
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
    if (rounds.isEmpty() || last().kind() == Round.Kind.GAUSSIANS) {
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
    long networks = rounds.stream().filter(r -> r.kind() == Round.Kind.NETWORK).count();
    return networks < options.numRounds()
        ? null
        : "The alignments have not settled in " + networks + " rounds of networks: " + share;
  }

  void writePage(FlatStartOptions options) throws IOException {
    AtomicFile.writeString(
        path.resolve("flat-start.html"),
        RoundPage.html(path.toAbsolutePath().getFileName().toString(), rounds, end(options)));
  }

  /** Makes the last round the result; the model's folder comes last, see {@link #isFinished}. */
  void finish() throws IOException {
    Path done = round(rounds.size());
    try (AtomicFile file = AtomicFile.create(finalAlignments())) {
      GZIPOutputStream out = new GZIPOutputStream(file.stream());
      Files.copy(done.resolve("ali.ark"), out);
      out.finish();
      file.commit();
    }
    remove(model());
    Files.move(done, model());
    Files.deleteIfExists(model().resolve("ali.ark"));
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
