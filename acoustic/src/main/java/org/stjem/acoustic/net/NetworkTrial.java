package org.stjem.acoustic.net;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Loads a model folder and computes rows in a Java process of its own. Some graphs end the process
 * that ONNX Runtime computes them in, by a wild pointer or by {@code std::terminate}, and some take
 * all memory; a file from elsewhere is not to do that to a server, nor to leave its user without a
 * sentence.
 */
final class NetworkTrial {
  private static final int ROWS = 16;

  /** Not 1, with which a Java process ends that crashed. */
  private static final int FAILED = 3;

  /** Which must do for the largest networks. */
  private static final int MINUTES = 10;

  /** Address space of the process: enough for networks of 2 GiB, and not what a machine has. */
  private static final long KIBIBYTES = 20L << 20;

  /** Bounds the memory for files as well; small in that address space, or Java does not start. */
  private static final long HEAP = 4L << 30;

  /** Sets the limit, which systems without one do not mind, and becomes the process. */
  private static final String LIMITED = "ulimit -v " + KIBIBYTES + " 2>/dev/null; exec \"$@\"";

  private static final String LIBRARIES = "onnxruntime.native.path";

  private NetworkTrial() {}

  /**
   * Tries a folder.
   *
   * @throws StjemException if the model does not load, or gives values that are not finite, or ends
   *     the process
   */
  static void run(Path folder) throws IOException {
    List<String> line = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx" + Math.min(HEAP, Runtime.getRuntime().maxMemory()));
    line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    line.addAll(List.of("-XX:ErrorFile=/dev/null", "-XX:-CreateCoredumpOnCrash"));
    // Where scripts/stjem has the runtime's libraries.
    String libraries = System.getProperty(LIBRARIES);
    if (libraries != null) {
      line.add("-D" + LIBRARIES + "=" + libraries);
    }
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    // As a URI, in which any bytes of the name arrive.
    line.addAll(List.of(NetworkTrial.class.getName(), folder.toUri().toString()));
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      // A sentence fits into a pipe, so that the process ends whether or not it is read.
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new StjemException(
            "the network does not compute a few rows in " + MINUTES + " minutes");
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.exitValue() == FAILED && !said.isBlank()) {
        throw new StjemException(said.strip());
      }
      if (process.exitValue() != 0) {
        throw new StjemException(
            "ONNX Runtime does not survive the network: the process in which it was tried ended"
                + " with status "
                + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The process. */
  public static void main(String[] args) {
    String fault = "";
    try {
      tryOut(Path.of(URI.create(args[0])));
    } catch (StjemException e) {
      fault = e.getMessage();
    } catch (OutOfMemoryError e) {
      fault = "the network takes more memory than a trial has";
    }
    byte[] sentence = fault.getBytes(StandardCharsets.UTF_8);
    System.out.write(sentence, 0, sentence.length);
    System.out.flush();
    // Without waiting for threads of the runtime.
    Runtime.getRuntime().halt(fault.isEmpty() ? 0 : FAILED);
  }

  private static void tryOut(Path folder) {
    try (AcousticModel model =
        ModelFolder.load(folder, Placement.CPU, ModelFolder.NO_CALIBRATION)) {
      ModelDescription it = model.description();
      FloatMatrix features = new FloatMatrix(it.windowFrames() + ROWS, it.featureDim());
      SeededRandom random = new SeededRandom(1, 0);
      // Zeros, then what features are after normalisation.
      for (int i = features.data().length / 2; i < features.data().length; i++) {
        int d = i % it.featureDim();
        features.data()[i] =
            (float) (it.inputMean()[d] + it.inputStddev()[d] * random.nextGaussian());
      }
      FloatMatrix logits = model.logitsOfPadded(features);
      for (int i = 0; i < logits.data().length; i++) {
        if (!Float.isFinite(logits.data()[i])) {
          throw new StjemException(
              "the network gives "
                  + logits.data()[i]
                  + " for pdf "
                  + i % logits.cols()
                  + " of zeros or random features; logits are finite numbers");
        }
      }
    }
  }
}
