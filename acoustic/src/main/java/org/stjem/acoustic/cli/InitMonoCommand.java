package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.IntegerLines;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic init-mono}: what Kaldi's gmm-init-mono makes, without the Gaussians. */
@Command(
    description = {
      "Makes the transition model and the tree of a monophone system: those that Kaldi's"
          + " gmm-init-mono makes, without Gaussians. Kaldi's programs that need no acoustic model"
          + " take them, such as show-transitions, compile-train-graphs and ali-to-phones.",
      "",
      "  stjem acoustic init-mono --shared-phones=data/lang/phones/sets.int data/lang/topo \\",
      "    exp/mono/0.mdl exp/mono/tree",
      ""
    })
final class InitMonoCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(InitMonoCommand.class);

  @Option(
      names = "--shared-phones",
      paramLabel = "FILE",
      description =
          "phones that have their pdfs in common, on each line those of one set (default: each phone"
              + " has its own)")
  private Path sharedPhones;

  @Option(
      names = "--binary",
      paramLabel = "BOOL",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "write binary, not text (default: ${DEFAULT-VALUE})")
  private boolean binary;

  @Parameters(index = "0", paramLabel = "TOPO", description = "topology, such as data/lang/topo")
  private String topo;

  @Parameters(index = "1", paramLabel = "MODEL", description = "transition model to write")
  private String model;

  @Parameters(index = "2", paramLabel = "TREE", description = "tree to write")
  private String tree;

  @Override
  public Integer call() {
    HmmTopology topology = HmmTopology.read(topo);
    List<int[]> sets =
        sharedPhones == null
            ? Arrays.stream(topology.phones()).mapToObj(phone -> new int[] {phone}).toList()
            : IntegerLines.read(sharedPhones);
    ContextDependency monophones = ContextDependency.monophone(topology, sets);
    TransitionModel transitions = TransitionModel.of(topology, monophones);
    transitions.write(model, binary);
    monophones.write(tree, binary);
    LOG.info(
        "{} phones, {} pdfs, {} transition-ids",
        transitions.numPhones(),
        transitions.numPdfs(),
        transitions.numTransitionIds());
    return 0;
  }
}
