package org.stjem.acoustic.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FstWriter;
import org.stjem.frontend.kaldi.KaldiOutput;

/** The files of a graph folder, as utils/mkgraph.sh leaves them. */
public final class GraphDirectory {
  /** What is copied from the language directory if it is there. */
  private static final List<String> COPIED =
      List.of(
          "words.txt",
          "phones.txt",
          "phones/word_boundary.txt",
          "phones/word_boundary.int",
          "phones/align_lexicon.txt",
          "phones/align_lexicon.int",
          "phones/optional_silence.txt",
          "phones/optional_silence.int",
          "phones/optional_silence.csl",
          "phones/disambig.txt",
          "phones/disambig.int",
          "phones/silence.csl");

  private GraphDirectory() {}

  /**
   * Writes a folder.
   *
   * @param target what does not exist yet, or an empty folder; appears whole or not at all
   * @param lang the language directory that the graph was made of
   * @param numPdfs of the model
   * @throws StjemException if {@code target} is something else or cannot be written
   */
  public static void write(Path target, GraphCompiler.Result graph, Path lang, int numPdfs) {
    try (AtomicFolder folder = AtomicFolder.create(target)) {
      Path temporary = folder.temporary();
      try (KaldiOutput out = KaldiOutput.open(ByteNames.of(temporary.resolve("HCLG.fst")))) {
        FstWriter.writeConst(graph.fst(), out);
        out.commit();
      }
      Files.createDirectory(temporary.resolve("phones"));
      for (String name : COPIED) {
        if (Files.exists(lang.resolve(name))) {
          Files.copy(lang.resolve(name), temporary.resolve(name));
        }
      }
      String disambiguation =
          Arrays.stream(graph.disambiguation())
              .mapToObj(id -> id + "\n")
              .collect(Collectors.joining());
      Files.write(temporary.resolve("disambig_tid.int"), ByteText.encode(disambiguation));
      Files.write(temporary.resolve("num_pdfs"), ByteText.encode(numPdfs + "\n"));
      folder.commit();
    } catch (IOException e) {
      throw new StjemException("cannot write " + target + ": " + StjemException.reason(e), e);
    }
  }
}
