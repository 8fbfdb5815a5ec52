package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transition model that was read is written as Kaldi wrote it. */
class TransitionModelWriteTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("frontend/src/test/resources/golden/model");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scripts/mini/exp/tri1/final.mdl",
        "frontend/src/test/resources/golden/model/final.mdl"
      })
  void binary_hasKaldisBytes(String file) throws IOException {
    Path model = ROOT.resolve(file);
    byte[] written = Files.readAllBytes(write(TransitionModel.read(model.toString()), true));
    byte[] start = Arrays.copyOf(Files.readAllBytes(model), written.length);
    assertThat(written).isEqualTo(start);
  }

  @Test
  void text_readsBackAsTheSameModel() throws IOException {
    TransitionModel model = TransitionModel.read(GOLDEN.resolve("final.mdl").toString());
    TransitionModel read = TransitionModel.read(write(model, false).toString());
    assertThat(write(read, true)).hasSameBinaryContentAs(write(model, true));
  }

  @Test
  void selfLoopsWithPdfsOfTheirOwn_areKeptInBothForms() throws IOException {
    Path text = folder.resolve("chain.mdl");
    Files.writeString(
        text,
        """
        <TransitionModel> <Topology>
        <TopologyEntry>
        <ForPhones>
        1 2
        </ForPhones>
        <State> 0 <ForwardPdfClass> 0 <SelfLoopPdfClass> 1 <Transition> 0 0.5 <Transition> 1 0.5 </State>
        <State> 1 </State>
        </TopologyEntry>
        </Topology>
        <Tuples> 2
        1 0 0 1
        2 0 2 3
        </Tuples>
        <LogProbs>
         [ 0 -0.7 -0.7 -0.7 -0.7 ]
        </LogProbs>
        </TransitionModel>
        """);
    TransitionModel model = TransitionModel.read(text.toString());
    TransitionModel fromBinary = TransitionModel.read(write(model, true).toString());
    Path again = write(fromBinary, false);
    assertThat(Files.readString(again).split("\\s+"))
        .isEqualTo(Files.readString(text).replace(" 0 -0.7", " 0.0 -0.7").split("\\s+"));
  }

  private Path write(TransitionModel model, boolean binary) throws IOException {
    Path file = Files.createTempFile(folder, "written", ".mdl");
    model.write(file.toString(), binary);
    return file;
  }
}
