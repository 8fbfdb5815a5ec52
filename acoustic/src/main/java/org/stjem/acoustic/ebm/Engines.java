package org.stjem.acoustic.ebm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.stjem.frontend.io.NativeLibrary;

/** The tensor engine: its settings, which must be made before it is loaded, and its devices. */
public final class Engines {
  private static final String PYTORCH = "libtorch.so";

  private static final Pattern GPU = Pattern.compile("gpu(\\d{1,4})");

  private Engines() {}

  /**
   * Sets the threads of one tensor operation.
   *
   * @param threads 0 for all cores
   */
  public static void configure(int threads) {
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
  }

  /**
   * Whether tensors can be computed on a GPU. Loads the tensor library only where the machine has
   * what may be one.
   */
  public static boolean gpuInReach() {
    boolean deviceFile =
        Stream.of("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")
            .map(Path::of)
            .anyMatch(Files::exists);
    return deviceFile && hasTensorLibrary() && pyTorch().getGpuCount() > 0;
  }

  /** Whether the tensor library is installed; to score on a CPU it need not be. */
  private static boolean hasTensorLibrary() {
    return Engines.class.getResource("/ai/djl/pytorch/engine/PtEngine.class") != null;
  }

  /**
   * To be called before tensors are made.
   *
   * @throws TrainingException if there is no tensor library
   */
  public static void requireTensorLibrary() {
    if (!hasTensorLibrary()) {
      throw new TrainingException(
          "this installation only scores: PyTorch, which gives gradients and computes on GPUs, was"
              + " left out of it");
    }
  }

  /**
   * A device.
   *
   * @param name {@code cpu}, {@code gpu0} and so on, or {@code auto} for the first GPU if there is
   *     one and the CPU otherwise
   * @throws TrainingException if there is no such device, or the tensor library cannot be loaded
   */
  public static Device device(String name) {
    Engine engine = pyTorch();
    return device(name, engine::getGpuCount);
  }

  /**
   * PyTorch, which is loaded on the first call.
   *
   * @throws TrainingException if that fails; says where it was looked for and what to do
   */
  private static Engine pyTorch() {
    String given = Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH");
    // DJL would take another PyTorch without a word.
    if (given != null && !hasPyTorch(given)) {
      throw new TrainingException(
          "PYTORCH_LIBRARY_PATH="
              + given
              + ": no libtorch.so is there; scripts/gpu-setup sets it for the PyTorch of a Python");
    }
    Path folder = given == null ? Utils.getEngineCacheDir("pytorch") : Path.of(given);
    NativeLibrary library = new NativeLibrary("PyTorch", folder, "DJL_CACHE_DIR");
    library.requireWhole();
    try {
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      throw new TrainingException(library.unusable(e), e);
    }
  }

  /** Whether one of the places is a folder with PyTorch's library, or that file. */
  private static boolean hasPyTorch(String places) {
    return Stream.of(places.split(File.pathSeparator))
        .map(Path::of)
        .anyMatch(
            place ->
                Files.isRegularFile(place.resolve(PYTORCH))
                    || place.endsWith(PYTORCH) && Files.isRegularFile(place));
  }

  /** The same on a machine of so many GPUs, which are counted only if it matters. */
  static Device device(String name, IntSupplier gpus) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    if (name.equals("auto")) {
      return gpus.getAsInt() > 0 ? Device.gpu(0) : Device.cpu();
    }
    Matcher matcher = GPU.matcher(name);
    if (!matcher.matches()) {
      throw new TrainingException(
          "--device=" + name + ": there are auto, cpu and gpu0, gpu1 and so on");
    }
    int index = Integer.parseInt(matcher.group(1));
    int count = gpus.getAsInt();
    if (index >= count) {
      throw new TrainingException(
          "--device="
              + name
              + ": "
              + (count == 0
                  ? "no GPU can be used; the tensor engine's CUDA libraries and a driver are needed"
                  : "the GPUs are gpu0 to gpu" + (count - 1)));
    }
    return Device.gpu(index);
  }
}
