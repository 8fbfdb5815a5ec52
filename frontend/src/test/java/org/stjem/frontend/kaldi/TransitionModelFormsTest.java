package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

/** Small models in every form: binary and text, with and without pdfs of their own for loops. */
class TransitionModelFormsTest {
  private static final String TEXT_MODEL =
      """
      <TransitionModel>
      <Topology>
      <TopologyEntry>
      <ForPhones>
      1 3
      </ForPhones>
      <State> 0 <PdfClass> 0 <Transition> 0 0.75 <Transition> 1 0.25 </State>
      <State> 1 </State>
      </TopologyEntry>
      </Topology>
      <Triples> 2
      1 0 0
      3 0 1
      </Triples>
      <LogProbs>
       [ 0 -0.2876821 -1.386294 -0.6931472 -0.6931472 ]
      </LogProbs>
      </TransitionModel>
      <DIMENSION> 39
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("final.mdl");
  }

  private TransitionModel read() {
    return TransitionModel.read(file.toString());
  }

  @Test
  void textModel_withTriples_isRead() throws IOException {
    Files.writeString(file, TEXT_MODEL);
    TransitionModel model = read();
    assertThat(model.numPhones()).isEqualTo(2);
    assertThat(model.numTransitionStates()).isEqualTo(2);
    assertThat(model.numTransitionIds()).isEqualTo(4);
    assertThat(model.numPdfs()).isEqualTo(2);
    assertThat(model.phone(3)).isEqualTo(3);
    assertThat(model.pdf(3)).isEqualTo(1);
    assertThat(model.isSelfLoop(3)).isTrue();
    assertThat(model.isFinal(3)).isFalse();
    assertThat(model.isFinal(4)).isTrue();
    assertThat(model.logProb(2)).isEqualTo(-1.386294f);
  }

  /** A chain model's phone: its loop has a pdf of its own, and its topology says so by -1. */
  private void writeChainModel(int phone, int selfLoopPdf, int logProbs) {
    try (KaldiOutput out = KaldiOutput.open(file.toString())) {
      out.writeBinaryHeader();
      out.writeText("<TransitionModel> <Topology> ");
      writeBareInts(out, 1);
      writeBareInts(out, -1, 0);
      writeSized(out, -1, 1, 2);
      writeSized(out, 0, 1, 2);
      writeTransition(out, 0, 0.5f);
      writeTransition(out, 1, 0.5f);
      writeSized(out, -1, -1, 0);
      out.writeText("</Topology> <Tuples> ");
      writeSized(out, 1, phone, 0, 4, selfLoopPdf);
      out.writeText("</Tuples> <LogProbs> FV ");
      writeSized(out, logProbs);
      out.writeFloats(new float[logProbs]);
      out.writeText("</LogProbs> </TransitionModel> <Nnet3> ");
      out.commit();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void writeBareInts(KaldiOutput out, int... values) throws IOException {
    out.writeSizedInt32(values.length);
    for (int value : values) {
      out.writeInt32(value);
    }
  }

  private static void writeSized(KaldiOutput out, int... values) throws IOException {
    for (int value : values) {
      out.writeSizedInt32(value);
    }
  }

  private static void writeTransition(KaldiOutput out, int state, float probability)
      throws IOException {
    out.writeSizedInt32(state);
    out.write(4);
    out.writeFloats(probability);
  }

  @Test
  void binaryModel_withTuples_givesLoopsTheirOwnPdf() {
    writeChainModel(1, 9, 3);
    TransitionModel model = read();
    assertThat(model.numPdfs()).isEqualTo(10);
    assertThat(model.isSelfLoop(1)).isTrue();
    assertThat(model.pdf(1)).isEqualTo(9);
    assertThat(model.pdf(2)).isEqualTo(4);
    assertThat(model.isFinal(2)).isTrue();
  }

  @Test
  void transitionId_outOfRange_isNamed() {
    writeChainModel(1, 9, 3);
    TransitionModel model = read();
    assertThatThrownBy(() -> model.pdf(3))
        .isInstanceOf(StjemException.class)
        .hasMessage(
            "there is no transition-id 3: transition-ids start at 1, and the model's go to 2");
    assertThatThrownBy(() -> model.phone(0)).isInstanceOf(StjemException.class);
  }

  @Test
  void inconsistentModels_areRefused() throws IOException {
    writeChainModel(2, 9, 3);
    assertThatThrownBy(this::read).hasMessageContaining("transition-state 1 has unknown phone 2");
    writeChainModel(1, -1, 3);
    assertThatThrownBy(this::read).hasMessageContaining("transition-state 1 has pdf -1");
    writeChainModel(1, 9, 5);
    assertThatThrownBy(this::read)
        .hasMessageContaining("5 log-probabilities do not fit 2 transition-ids; expected 3");
    Files.writeString(file, TEXT_MODEL.replace("<Transition> 1 0.25", "<Transition> 7 0.25"));
    assertThatThrownBy(this::read).hasMessageContaining("a transition leads to state 7 of 2");
    Files.writeString(file, TEXT_MODEL.replace("3 0 1", "3 2 1"));
    assertThatThrownBy(this::read).hasMessageContaining("transition-state 2 has HMM state 2 of 2");
    Files.writeString(file, "some text");
    assertThatThrownBy(this::read)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("expected <TransitionModel> but found 'some'");
  }
}
