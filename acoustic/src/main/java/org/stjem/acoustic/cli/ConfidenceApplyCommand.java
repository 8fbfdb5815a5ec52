package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.FeatureTable;
import org.stjem.frontend.io.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic confidence-apply}: probabilities that words are right. */
@Command(
    description = {
      "Writes the words of a table of 'word-features' as a ctm whose confidences are the"
          + " probabilities of a model of 'confidence-train'.",
      "",
      "Example:",
      "  stjem acoustic confidence-apply confidence.json test.words test.ctm",
      ""
    })
final class ConfidenceApplyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "model of 'confidence-train'")
  private Path model;

  @Parameters(index = "1", paramLabel = "FEATURES", description = "table of 'word-features'")
  private Path table;

  @Parameters(index = "2", paramLabel = "CTM", description = "file to write")
  private Path output;

  @Override
  public Integer call() throws IOException {
    StringBuilder text = new StringBuilder();
    ConfidenceModel.read(model)
        .apply(FeatureTable.read(table), table.toString())
        .forEach((key, words) -> words.forEach(word -> text.append(CtmTable.line(key, word))));
    AtomicFile.writeString(output, text.toString());
    return 0;
  }
}
