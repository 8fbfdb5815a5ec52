package org.stjem.acoustic.cli;

import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** The keys of a table of matrices, in its order. */
final class TableKeys {
  private TableKeys() {}

  static List<String> of(String rspecifier) {
    List<String> keys = new ArrayList<>();
    try (SequentialTableReader<?> reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        keys.add(reader.key());
      }
    }
    return keys;
  }
}
