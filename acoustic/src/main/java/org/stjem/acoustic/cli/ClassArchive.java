package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.io.FileUtils;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Runs a server, a client and {@code forward} on a tiny model and ends. The build runs it with
 * {@code -XX:ArchiveClassesAtExit}, so that later processes map the classes they need instead of
 * reading and checking each of them, which is half of the time a server takes to start.
 */
public final class ClassArchive {
  private static final int DIM = 4;

  private ClassArchive() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("stjem-classes");
    int status;
    try {
      status = run(folder);
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
    System.exit(status);
  }

  private static int run(Path folder) throws IOException {
    Path model = folder.resolve("model");
    float[] ones = new float[DIM];
    Arrays.fill(ones, 1);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(8),
            "silu",
            DIM,
            1,
            1,
            5,
            10,
            "none",
            Map.of(),
            new float[DIM],
            ones,
            new double[] {1, 1, 1, 1, 1},
            Map.of(),
            1,
            "unknown");
    ModelFolder.save(model, description, ModelWeights.fresh(description));
    String features = "ark:" + ByteNames.of(folder.resolve("feats.ark"));
    Random random = new Random(1);
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      FloatMatrix utterance = new FloatMatrix(50, DIM);
      for (int i = 0; i < utterance.data().length; i++) {
        utterance.data()[i] = (float) random.nextGaussian();
      }
      writer.write("utterance", utterance);
      writer.commit();
    }
    ServerOptions options = new ServerOptions();
    options.port = 0;
    int status;
    try (AcousticModelServer server =
        AcousticModelServer.start(
            List.of(new ModelSource("tiny", "1", model)), LoadedModel.to(Placement.CPU), options)) {
      String address = ServerOptions.LOOPBACK + ":" + server.port();
      String scores = "ark:" + folder.resolve("scores.ark");
      status = Cli.run("acoustic", Main.COMMANDS, "score", "--server=" + address, features, scores);
      // Is refused because the port is taken, which is found out last.
      String port = "--port=" + server.port();
      status += Cli.run("acoustic", Main.COMMANDS, "serve", port, model.toString()) == 1 ? 0 : 1;
    }
    String scores = "ark:" + folder.resolve("forward.ark");
    return status
        + Cli.run("acoustic", Main.COMMANDS, "forward", model.toString(), features, scores);
  }
}
