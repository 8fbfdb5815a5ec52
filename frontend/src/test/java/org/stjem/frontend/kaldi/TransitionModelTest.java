package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class TransitionModelTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("frontend/src/test/resources/golden/model");

  @Test
  void sizes_equalHmmInfo() throws IOException {
    TransitionModel model = TransitionModel.read(GOLDEN.resolve("final.mdl").toString());
    String info =
        "number of phones %d\nnumber of pdfs %d\nnumber of transition-ids %d\nnumber of transition-states %d\n"
            .formatted(
                model.numPhones(),
                model.numPdfs(),
                model.numTransitionIds(),
                model.numTransitionStates());
    assertThat(info).isEqualTo(Files.readString(GOLDEN.resolve("hmm-info.txt")));
  }

  @Test
  void transitions_equalShowTransitions() throws IOException {
    String expected;
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(GOLDEN.resolve("show-transitions.txt.gz")))) {
      expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    SymbolTable phones = SymbolTable.read(ROOT.resolve("scripts/mini/lang/phones.txt").toString());
    assertThat(show(TransitionModel.read(GOLDEN.resolve("final.mdl").toString()), phones))
        .isEqualTo(expected);
  }

  /** The model as Kaldi's show-transitions prints it. */
  private static String show(TransitionModel model, SymbolTable phones) {
    StringBuilder text = new StringBuilder();
    int state = 0;
    for (int id = 1; id <= model.numTransitionIds(); id++) {
      if (model.transitionState(id) != state) {
        state = model.transitionState(id);
        text.append(
            "Transition-state %d: phone = %s hmm-state = %d pdf = %d\n"
                .formatted(
                    state, phones.symbol(model.phone(id)), model.hmmState(id), model.pdf(id)));
      }
      text.append(" Transition-id = %d p = %s".formatted(id, sixDigits(model.logProb(id))));
      text.append(
          model.isSelfLoop(id)
              ? " [self-loop]\n"
              : " [%d -> %d]\n".formatted(model.hmmState(id), model.nextHmmState(id)));
    }
    return text.toString();
  }

  /** A probability as C++ streams print it. */
  private static String sixDigits(float logProb) {
    return new BigDecimal((float) Math.exp(logProb))
        .round(new MathContext(6))
        .stripTrailingZeros()
        .toPlainString();
  }
}
