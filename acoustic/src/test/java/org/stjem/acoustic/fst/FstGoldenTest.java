package org.stjem.acoustic.fst;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.MutableFst;

/** The steps of a small decoding graph beside those of Kaldi's programs, see make.sh there. */
class FstGoldenTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/graph-tiny");

  /** Kaldi adds up floats in another order. */
  private static final float ROUNDING = 1e-4f;

  /** Costs that lie between two multiples may be rounded to either. */
  private static final float QUANTUM = 1.001f / 1024;

  private static MutableFst golden(String name) {
    return FstText.read(GOLDEN.resolve(name + ".txt"));
  }

  private static void assertEqualsKaldi(MutableFst actual, String name, float tolerance) {
    FstSubject.assertIsomorphic(actual, golden(name), tolerance);
  }

  @Test
  void determinization_ofLexiconAndGrammar_equalsKaldi() {
    MutableFst determinized = Determinization.determinize(golden("LG-composed"));
    assertEqualsKaldi(determinized, "LG-determinized", ROUNDING);
  }

  @Test
  void determinization_ofHmmsAndPhones_equalsKaldi() {
    MutableFst determinized = Determinization.determinize(golden("HCLG-composed"));
    assertEqualsKaldi(determinized, "HCLG-determinized", ROUNDING);
  }

  @Test
  void minimization_equalsKaldi() {
    assertEqualsKaldi(Minimization.minimize(golden("LG-determinized")), "LG-minimized", QUANTUM);
    assertEqualsKaldi(
        Minimization.minimize(golden("HCLG-epsilons-removed")), "HCLG-minimized", QUANTUM);
  }

  @Test
  void epsilonRemoval_equalsKaldi() {
    MutableFst removed = EpsilonRemoval.remove(golden("HCLG-symbols-removed"), true);
    assertEqualsKaldi(removed, "HCLG-epsilons-removed", ROUNDING);
  }

  @Test
  void weightPushing_equalsKaldi() {
    MutableFst fst = golden("LG-minimized");
    WeightPushing.push(fst);
    assertEqualsKaldi(fst, "LG", QUANTUM);
  }
}
