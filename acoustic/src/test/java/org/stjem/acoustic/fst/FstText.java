package org.stjem.acoustic.fst;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.stjem.frontend.kaldi.MutableFst;

/** Transducers as fstprint writes them: lines of an arc, or of a final state and its cost. */
public final class FstText {
  private FstText() {}

  /** Reads a file, from {@code NAME.gz} if there is only that. */
  public static MutableFst read(Path file) {
    try {
      if (Files.exists(file)) {
        return parse(Files.readString(file));
      }
      Path compressed = file.resolveSibling(file.getFileName() + ".gz");
      try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
        return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads text; the first line has the start. */
  public static MutableFst parse(String text) {
    MutableFst fst = new MutableFst();
    boolean first = true;
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("\\s+");
      int state = known(fst, fields[0]);
      if (first) {
        fst.setStart(state);
        first = false;
      }
      boolean arc = fields.length > 2;
      int costField = arc ? 4 : 1;
      float cost = fields.length > costField ? Float.parseFloat(fields[costField]) : 0;
      if (arc) {
        int next = known(fst, fields[1]);
        fst.addArc(state, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), cost, next);
      } else {
        fst.setFinal(state, cost);
      }
    }
    return fst;
  }

  private static int known(MutableFst fst, String field) {
    int state = Integer.parseInt(field);
    while (fst.numStates() <= state) {
      fst.addState();
    }
    return state;
  }
}
