package org.stjem.acoustic.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.fst.FstSubject;
import org.stjem.acoustic.fst.FstText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.MutableFst;

/** Contexts of several widths beside those of Kaldi's fstcomposecontext. */
class ContextExpansionTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/graph-tiny");
  private static final int PHONES = 5;
  private static final int DISAMBIGUATION_SYMBOLS = 4;

  private static ContextExpansion.Result expand(MutableFst fst, int width, int central) {
    return ContextExpansion.expand(
        fst,
        label -> label > PHONES && label <= PHONES + DISAMBIGUATION_SYMBOLS,
        label -> label <= PHONES,
        width,
        central);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "3, 1", "3, 2", "5, 2"})
  void expansion_equalsKaldi(int width, int central) {
    MutableFst lg = FstText.read(GOLDEN.resolve("LG.txt"));
    MutableFst kaldis = FstText.read(GOLDEN.resolve("CLG-" + width + "-" + central + ".txt"));
    ContextExpansion.Result result = expand(lg, width, central);
    FstSubject.assertIsomorphic(result.fst(), kaldis, 1e-6f);
    assertThat(result.labels().stream().filter(window -> window.length == width && width > 1))
        .allMatch(window -> window[central] > 0 && window[central] <= PHONES);
  }

  @Test
  void triphones_reachBeyondBothEnds() {
    ContextExpansion.Result result = expand(FstText.parse("0 1 3 7\n1 2 4 0\n2 0\n"), 3, 1);
    assertThat(result.labels())
        .containsExactly(new int[0], new int[] {0}, new int[] {0, 3, 4}, new int[] {3, 4, 0});
  }

  @Test
  void unusedDisambiguationSymbols_areNotTakenForTheEnd() {
    // The phone with the largest id is the last label before those symbols.
    ContextExpansion.Result result = expand(FstText.parse("0 1 5 7\n1 0\n"), 3, 1);
    assertThat(result.labels()).containsExactly(new int[0], new int[] {0}, new int[] {0, 5, 0});
    FstSubject.assertIsomorphic(result.fst(), FstText.parse("0 1 1 7\n1 2 2 0\n2\n"), 0);
  }

  @Test
  void labelThatIsNoPhone_isNamed() {
    MutableFst fst = FstText.parse("0 1 3 7\n1 0\n");
    assertThatThrownBy(() -> ContextExpansion.expand(fst, x -> false, x -> x < 3, 3, 1))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("has the phone 3, which is neither in the model");
  }
}
