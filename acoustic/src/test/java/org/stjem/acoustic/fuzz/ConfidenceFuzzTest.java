package org.stjem.acoustic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.confidence.CtmTable;
import org.stjem.acoustic.confidence.FeatureTable;
import org.stjem.acoustic.confidence.PhoneCounts;

/** Words with confidences, their features, and models of these, from strangers. */
@Timeout(400)
@Tag("hostile-files")
class ConfidenceFuzzTest {
  @TempDir static Path folder;

  /** Also a lexicon, which is read in the same way. */
  @FuzzTest
  void ctm(byte[] bytes) {
    HostileFile.readFile(
        folder.resolve("ctm"),
        bytes,
        file ->
            CtmTable.read(file)
                .utterances()
                .forEach((key, words) -> words.forEach(word -> CtmTable.line(key, word))));
    HostileFile.readFile(folder.resolve("lexicon"), bytes, PhoneCounts::read);
  }

  @FuzzTest
  void features(byte[] bytes) {
    HostileFile.readFile(folder.resolve("words"), bytes, FeatureTable::read);
  }

  @FuzzTest
  void model(byte[] bytes) {
    HostileFile.readFile(
        folder.resolve("model.json"),
        bytes,
        file -> {
          ConfidenceModel model = ConfidenceModel.read(file);
          FeatureTable table = new FeatureTable(model.features());
          model.apply(table, "table");
        });
  }
}
