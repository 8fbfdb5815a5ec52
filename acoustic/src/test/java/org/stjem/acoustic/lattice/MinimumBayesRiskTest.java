package org.stjem.acoustic.lattice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.lattice.CompactLattice.Weight;
import org.stjem.frontend.kaldi.SymbolTable;

/** Compares with Kaldi's {@code lattice-to-ctm-conf} and {@code lattice-mbr-decode}. */
class MinimumBayesRiskTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN =
      ROOT.resolve("acoustic/src/test/resources/golden/lattice-mini");
  private static final double FRAME_SHIFT = 0.01;

  @ParameterizedTest
  @CsvSource({
    "mbr.ctm, 0.02, 1, 0, true",
    "map.ctm, 0.02, 1, 0, false",
    "scaled.ctm, 0.015, 0.5, 0.7, true"
  })
  void words_mini_equalKaldi(
      String golden, double acousticScale, double lmScale, double penalty, boolean decodeMbr)
      throws IOException {
    MinimumBayesRisk.Options options =
        new MinimumBayesRisk.Options(acousticScale, lmScale, penalty, decodeMbr);
    SymbolTable symbols =
        SymbolTable.read(ROOT.resolve("scripts/mini/exp/tri1/graph/words.txt").toString());
    List<String> ours = new ArrayList<>();
    List<double[]> numbers = new ArrayList<>();
    for (Map.Entry<String, CompactLattice> entry : lattices().entrySet()) {
      for (MinimumBayesRisk.Word word : new MinimumBayesRisk(entry.getValue(), options).words()) {
        ours.add(entry.getKey() + " " + symbols.symbol(word.word()));
        numbers.add(
            new double[] {
              FRAME_SHIFT * word.begin(),
              FRAME_SHIFT * (word.end() - word.begin()),
              word.confidence()
            });
      }
    }
    List<String[]> kaldis =
        Files.readAllLines(GOLDEN.resolve(golden)).stream().map(line -> line.split(" ")).toList();
    assertThat(ours).isEqualTo(kaldis.stream().map(fields -> fields[0] + " " + fields[4]).toList());
    for (int i = 0; i < numbers.size(); i++) {
      String[] fields = kaldis.get(i);
      assertThat(numbers.get(i))
          .as(String.join(" ", fields))
          .containsExactly(
              new double[] {
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[5])
              },
              within(2e-6));
    }
  }

  @Test
  void bayesRisk_mini_equalsKaldi() throws IOException {
    Map<String, CompactLattice> lattices = lattices();
    List<String> lines = Files.readAllLines(GOLDEN.resolve("risk.txt"));
    assertThat(lines).hasSameSizeAs(lattices.keySet());
    for (String line : lines) {
      String[] fields = line.trim().split(" ");
      MinimumBayesRisk.Options options = new MinimumBayesRisk.Options(0.02, 1, 0, true);
      assertThat(new MinimumBayesRisk(lattices.get(fields[0]), options).bayesRisk())
          .as(line)
          .isCloseTo(Double.parseDouble(fields[1]), within(2e-6));
    }
  }

  /** "1 3" has half of the probability, but 2 is spoken with 0.6 in all, and nothing with 0.1. */
  @Test
  void words_leastErrors_areNotThoseOfTheBestPath() {
    CompactLattice.Builder builder = new CompactLattice.Builder();
    for (int i = 0; i < 5; i++) {
      builder.addState();
    }
    add(builder, 0, 1, 1, 0.4);
    add(builder, 0, 2, 2, 0.35);
    add(builder, 0, 3, 2, 0.25);
    add(builder, 1, 4, 3, 1);
    add(builder, 2, 4, 3, 1);
    add(builder, 3, 4, 4, 1);
    builder.setFinal(4, new Weight(0, 0, new int[0]));
    CompactLattice lattice = builder.build();
    MinimumBayesRisk best =
        new MinimumBayesRisk(lattice, new MinimumBayesRisk.Options(1, 1, 0, false));
    assertThat(best.words()).extracting(MinimumBayesRisk.Word::word).containsExactly(1, 3);
    assertThat(best.words().get(0).confidence()).isCloseTo(0.4, within(1e-6));
    assertThat(best.bayesRisk()).isCloseTo(0.6 + 0.25, within(1e-6));
    MinimumBayesRisk least =
        new MinimumBayesRisk(lattice, new MinimumBayesRisk.Options(1, 1, 0, true));
    assertThat(least.words()).extracting(MinimumBayesRisk.Word::word).containsExactly(2, 3);
    assertThat(least.words().get(0).confidence()).isCloseTo(0.6, within(1e-6));
    assertThat(least.words().get(1).confidence()).isCloseTo(0.75, within(1e-6));
    assertThat(least.words().get(1).begin()).isCloseTo(1, within(1e-6));
    assertThat(least.bayesRisk()).isCloseTo(0.4 + 0.25, within(1e-6));
  }

  @Test
  void words_emptyLattice_areNone() {
    CompactLattice.Builder builder = new CompactLattice.Builder();
    builder.setFinal(builder.addState(), new Weight(0, 0, new int[0]));
    MinimumBayesRisk risk =
        new MinimumBayesRisk(builder.build(), new MinimumBayesRisk.Options(1, 1, 0, true));
    assertThat(risk.words()).isEmpty();
    assertThat(risk.bayesRisk()).isZero();
  }

  private static void add(
      CompactLattice.Builder builder, int source, int target, int word, double probability) {
    builder.addArc(
        source, target, word, new Weight((float) -Math.log(probability), 0, new int[] {1}));
  }

  private static Map<String, CompactLattice> lattices() throws IOException {
    return TextLattices.read(GOLDEN.resolve("lattices.gz"));
  }
}
