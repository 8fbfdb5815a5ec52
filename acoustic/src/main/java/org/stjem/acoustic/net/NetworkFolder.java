package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.io.StjemException;

/** Model folders whose network is an ONNX file, as they are made. */
final class NetworkFolder {
  private NetworkFolder() {}

  /**
   * Makes a folder of a network in an ONNX file, its bytes as they are. The folder appears whole or
   * not at all, and only if the network computes rows of numbers in a process of its own: the
   * runtime does not survive every graph.
   *
   * @param folder one that does not exist or is empty
   * @param description without checksum
   * @param priors that hold for the model; kept apart where the description has others
   * @param calibration of its logits
   * @param globalStats file of the statistics that {@code online} normalisation needs
   * @param network bytes of the file, checked by {@link OnnxFile#read}; direct
   * @return how its rows are computed
   * @throws StjemException if the network is another than the description says, gives values that
   *     are not finite, or the folder is not empty
   */
  static Computation save(
      Path folder,
      ModelDescription description,
      PriorSettings priors,
      Optional<PosteriorScaling> calibration,
      Optional<Path> globalStats,
      ByteBuffer network)
      throws IOException {
    DescriptionText.check(ModelFolder.DESCRIPTION, description);
    try (AtomicFolder whole = AtomicFolder.create(folder)) {
      Path unfinished = whole.temporary();
      try {
        fill(unfinished, description, priors, calibration, globalStats, network);
        Computation computation;
        try (AcousticModel model = ModelFolder.load(unfinished)) {
          computation = model.computation();
        }
        whole.commit();
        return computation;
      } catch (StjemException e) {
        // The name of a folder that is gone helps nobody.
        String unnamed =
            e.getMessage()
                .replace(unfinished.resolve(ModelFolder.NETWORK) + ": ", "")
                .replace(unfinished + "/", "");
        throw new StjemException(unnamed, e);
      }
    }
  }

  private static void fill(
      Path folder,
      ModelDescription description,
      PriorSettings priors,
      Optional<PosteriorScaling> calibration,
      Optional<Path> globalStats,
      ByteBuffer network)
      throws IOException {
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(ModelFolder.NETWORK),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      for (ByteBuffer rest = network.duplicate(); rest.hasRemaining(); ) {
        file.write(rest);
      }
      file.force(true);
    }
    boolean otherCounts = !Arrays.equals(priors.classCounts(), description.classCounts());
    if (otherCounts || !priors.isOfKaldi()) {
      priors.write(folder.resolve(ModelFolder.PRIORS), otherCounts);
    }
    if (calibration.isPresent()) {
      calibration.get().write(ModelFolder.calibration(folder));
    }
    if (globalStats.isPresent()) {
      Files.copy(globalStats.get(), folder.resolve(ModelFolder.GLOBAL_STATS));
    }
    AtomicFile.writeString(
        folder.resolve(ModelFolder.DESCRIPTION),
        DescriptionText.of(description.withChecksum(Checksums.sha256(network))) + "\n");
    NetworkTrial.run(folder);
  }
}
