package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;

class ContextDependencyTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final String MONO = "frontend/src/test/resources/golden/lang/mono/";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"scripts/mini/exp/tri1/tree", MONO + "tree", MONO + "tree-shared"})
  void treesOfKaldi_areWrittenWithTheSameBytes_afterText(String file) {
    Path kaldi = ROOT.resolve(file);
    ContextDependency tree = ContextDependency.read(kaldi.toString());
    String text = folder.resolve("text").toString();
    tree.write(text, false);
    Path binary = folder.resolve("binary");
    ContextDependency.read(text).write(binary.toString(), true);
    assertThat(binary).hasSameBinaryContentAs(kaldi);
  }

  @Test
  void triphoneTreeAndTopology_giveTheTransitionIdsOfTheModel() {
    HmmTopology topology = HmmTopology.read(ROOT.resolve("scripts/mini/lang/topo").toString());
    ContextDependency tree =
        ContextDependency.read(ROOT.resolve("scripts/mini/exp/tri1/tree").toString());
    assertThat(tree.width()).isEqualTo(3);
    assertThat(tree.centralPosition()).isEqualTo(1);
    TransitionModel made = TransitionModel.of(topology, tree);
    TransitionModel kaldi =
        TransitionModel.read(ROOT.resolve("scripts/mini/exp/tri1/final.mdl").toString());
    assertThat(made.numPdfs()).isEqualTo(kaldi.numPdfs()).isEqualTo(tree.numPdfs());
    assertThat(made.numTransitionIds()).isEqualTo(kaldi.numTransitionIds());
    for (int id = 1; id <= kaldi.numTransitionIds(); id++) {
      assertThat(List.of(made.phone(id), made.hmmState(id), made.nextHmmState(id), made.pdf(id)))
          .isEqualTo(
              List.of(kaldi.phone(id), kaldi.hmmState(id), kaldi.nextHmmState(id), kaldi.pdf(id)));
    }
  }

  @Test
  void pdfsInContext_areAmongThoseOfThePhone() {
    HmmTopology topology = HmmTopology.read(ROOT.resolve("scripts/mini/lang/topo").toString());
    ContextDependency tree =
        ContextDependency.read(ROOT.resolve("scripts/mini/exp/tri1/tree").toString());
    int different = 0;
    for (int phone : topology.phones()) {
      List<Integer> pdfs = tree.pdfs(phone, 1);
      for (int neighbour : topology.phones()) {
        assertThat(tree.pdf(new int[] {neighbour, phone, 0}, 1)).isIn(pdfs);
        assertThat(tree.pdf(new int[] {0, phone, neighbour}, 1)).isIn(pdfs);
      }
      different += pdfs.size() > 1 ? 1 : 0;
    }
    assertThat(different).as("phones whose pdf depends on their neighbours").isGreaterThan(10);
    ContextDependency monophones = ContextDependency.read(ROOT.resolve(MONO + "tree").toString());
    assertThatThrownBy(() -> monophones.pdf(new int[] {0}, 2))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("no pdf for state 2 of phone 0 in the context of phones [0]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ContextDependency 3 3 ToPdf CE 0 EndContextDependency | stands at 3 in a window of 3",
        "ContextDependency 1 0 ToPdf NULL EndContextDependency | has no nodes",
        "ContextDependency 1 0 ToPdf XE 0 EndContextDependency | expected a node of a tree but found 'XE'",
        "ContextDependency 1 0 ToPdf CE -1 EndContextDependency | a leaf has pdf -1",
        "ContextDependency 1 0 ToPdf TE 2 1 ( CE 0 ) EndContextDependency | for position 2 of 1",
        "ContextDependency 1 0 ToPdf SE 0 [ 1 ] { CE 0 NULL } EndContextDependency | no node for one of",
        "ContextDependency 1 0 ToPdf TE 0 9999999 ( CE 0 ) | implausible size: 9999999 branches",
        "Tree 1 0 | expected ContextDependency but found 'Tree'"
      })
  void faultsOfATree_areNamed(String text, String fault) throws IOException {
    Path file = Files.writeString(folder.resolve("tree"), text);
    assertThatThrownBy(() -> ContextDependency.read(file.toString()))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("tree " + file)
        .hasMessageContaining(fault);
  }

  @Test
  void deepTree_isRefused() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tree"),
            "ContextDependency 1 0 ToPdf " + "SE 0 [ 1 ] { ".repeat(20_000));
    assertThatThrownBy(() -> ContextDependency.read(file.toString()))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("deeper than 1000 nodes");
  }

  @Test
  void topologies_thatGiveNoModel_areRefused() throws IOException {
    String topo =
        """
        <Topology> <TopologyEntry> <ForPhones> 1 2 </ForPhones>
        <State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 %s </State>
        <State> 1 </State> </TopologyEntry> </Topology>
        """;
    Path file = Files.writeString(folder.resolve("topo"), topo.formatted("0.5"));
    HmmTopology good = HmmTopology.read(file.toString());
    assertThat(TransitionModel.of(good, monophone(good, new int[] {1, 2})).numPdfs()).isEqualTo(1);
    assertThatThrownBy(() -> monophone(good, new int[] {1}))
        .hasMessageContaining("phone 2 of the topology is in no set");
    assertThatThrownBy(() -> monophone(good, new int[] {1, 2}, new int[] {2}))
        .hasMessageContaining("phone 2 is in two sets");
    assertThatThrownBy(() -> monophone(good, new int[] {1, 2, 3}))
        .hasMessageContaining("phone 3 is not in the topology");
    Files.writeString(file, topo.formatted("0"));
    HmmTopology impossible = HmmTopology.read(file.toString());
    assertThatThrownBy(
            () -> TransitionModel.of(impossible, monophone(impossible, new int[] {1, 2})))
        .hasMessageContaining("of state 0 of phone 1 has the probability 0.0 in the topology");
    Files.writeString(file, "<Topologies>");
    assertThatThrownBy(() -> HmmTopology.read(file.toString()))
        .hasMessageContaining("topology " + file)
        .hasMessageContaining("expected <Topology>");
  }

  private static ContextDependency monophone(HmmTopology topology, int[]... sets) {
    return ContextDependency.monophone(topology, List.of(sets));
  }
}
