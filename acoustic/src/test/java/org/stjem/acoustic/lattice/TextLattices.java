package org.stjem.acoustic.lattice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.stjem.acoustic.lattice.CompactLattice.Weight;

/** Reads Kaldi's text archives of compact lattices. */
final class TextLattices {
  private TextLattices() {}

  static Map<String, CompactLattice> read(Path file) throws IOException {
    Map<String, CompactLattice> lattices = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
                    StandardCharsets.UTF_8))) {
      for (String key = reader.readLine(); key != null; key = reader.readLine()) {
        lattices.put(key.trim(), readOne(reader));
      }
    }
    return lattices;
  }

  private static CompactLattice readOne(BufferedReader reader) throws IOException {
    CompactLattice.Builder builder = new CompactLattice.Builder();
    int states = 0;
    for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
      String[] fields = line.split("\t");
      boolean isArc = fields.length > 2;
      int state = Integer.parseInt(fields[0]);
      int target = isArc ? Integer.parseInt(fields[1]) : state;
      for (; states <= Math.max(state, target); states++) {
        builder.addState();
      }
      int before = isArc ? 3 : 1;
      Weight weight = weight(fields.length > before ? fields[before] : "0,0,");
      if (isArc) {
        builder.addArc(state, target, Integer.parseInt(fields[2]), weight);
      } else {
        builder.setFinal(state, weight);
      }
    }
    return builder.build();
  }

  private static Weight weight(String text) {
    String[] parts = text.split(",", -1);
    int[] ids =
        parts[2].isEmpty()
            ? new int[0]
            : Arrays.stream(parts[2].split("_")).mapToInt(Integer::parseInt).toArray();
    return new Weight(Float.parseFloat(parts[0]), Float.parseFloat(parts[1]), ids);
  }
}
