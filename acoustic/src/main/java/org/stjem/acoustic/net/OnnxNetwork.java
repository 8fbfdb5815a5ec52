package org.stjem.acoustic.net;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.NativeLibrary;
import org.stjem.frontend.io.StjemException;

/**
 * A network that ONNX Runtime computes on the CPU, from {@code [rows, window]} or {@code [rows,
 * frames, dim]} to {@code [rows, pdfs]}. The runtime reads the windows and writes the logits where
 * they are, so nothing is copied on the way in or out.
 */
final class OnnxNetwork implements LogitNetwork {
  /** The folder of the library, where it is not unpacked from its jar; ONNX Runtime reads it. */
  private static final String LIBRARY_PATH = "onnxruntime.native.path";

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<OnnxTensor> tensors = new ArrayList<>();
  private final String input;
  private final long[] windowShape;
  private final String output;
  private final int rowSize;
  private final int numPdfs;

  /** Where the logits of each thread go; grows to the most rows it has computed at once. */
  private final ThreadLocal<ByteBuffer> logitMemory =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

  /**
   * Loads a graph.
   *
   * @param model the bytes of an ONNX file; direct
   * @param apart its tensors that are not in there, by name
   * @param threads of one operation
   * @param windowShape shape of one window, {@code [frames, dim]}
   * @param output the output that is taken; null for the one called logits, or the only one
   * @throws StjemException if the runtime does not take it, or its inputs and outputs are others
   *     than windows and pdfs
   */
  OnnxNetwork(
      ByteBuffer model,
      Map<String, Tensor> apart,
      int threads,
      long[] windowShape,
      int numPdfs,
      String output) {
    this.rowSize = Math.toIntExact(windowShape[0] * windowShape[1]);
    this.numPdfs = numPdfs;
    try {
      this.environment = environment();
      this.session = open(model, apart, threads);
    } catch (OrtException e) {
      tensors.forEach(OnnxTensor::close);
      throw new StjemException("ONNX Runtime does not load it: " + reason(e), e);
    }
    boolean fits = false;
    try {
      Map.Entry<String, TensorInfo> in = onlyInput(session);
      this.input = in.getKey();
      this.windowShape = shapeOfInput(in.getValue(), windowShape);
      Output chosen = output(session, output);
      checkOutput(chosen);
      this.output = chosen.name();
      fits = true;
    } catch (OrtException e) {
      throw new StjemException("ONNX Runtime does not describe it: " + reason(e), e);
    } finally {
      if (!fits) {
        close();
      }
    }
  }

  private OrtSession open(ByteBuffer model, Map<String, Tensor> apart, int threads)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      // Threads that wait give way to the other streams' threads.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      for (Map.Entry<String, Tensor> entry : apart.entrySet()) {
        Tensor tensor = entry.getValue();
        OnnxTensor copy =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor.values()), tensor.shape());
        tensors.add(copy);
        options.addInitializer(entry.getKey(), copy);
      }
      return environment.createSession(model, options);
    }
  }

  /**
   * The runtime, which is loaded on the first call.
   *
   * @throws StjemException if that fails; says where it was looked for and what to do
   */
  private static OrtEnvironment environment() {
    String given = System.getProperty(LIBRARY_PATH);
    if (given != null) {
      library(given).requireWhole();
    }
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "stjem");
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException e) {
      throw new StjemException("ONNX Runtime does not start: " + e.getMessage(), e);
    } catch (RuntimeException | LinkageError e) {
      // Wherever the library lies, the runtime makes a temporary folder before it loads it.
      boolean temporary = given == null || NativeLibrary.isOfFiles(e);
      String folder = temporary ? System.getProperty("java.io.tmpdir") : given;
      throw new StjemException(library(folder).unusable(e), e);
    }
  }

  private static NativeLibrary library(String folder) {
    return new NativeLibrary("ONNX Runtime", ByteNames.path(folder), "TMPDIR");
  }

  private static Map.Entry<String, TensorInfo> onlyInput(OrtSession session) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    String name = OnnxSignature.inputName(List.copyOf(inputs.keySet()));
    return Map.entry(name, floats("input", name, inputs.get(name)));
  }

  private static TensorInfo floats(String what, String name, NodeInfo node) {
    if (node.getInfo() instanceof TensorInfo info && info.type == OnnxJavaType.FLOAT) {
      return info;
    }
    throw new StjemException(what + " '" + name + "' is no tensor of float32");
  }

  private static long[] shapeOfInput(TensorInfo info, long[] window) {
    long[] shape = info.getShape();
    if (shape.length > 0 && shape[0] > 0) {
      throw new StjemException(
          "its input takes " + shape[0] + " rows at a time; the first size must be free");
    }
    if (shape.length == 2 && agrees(shape[1], window[0] * window[1])) {
      return new long[] {window[0] * window[1]};
    }
    if (shape.length == 3 && agrees(shape[1], window[0]) && agrees(shape[2], window[1])) {
      return window;
    }
    throw new StjemException(
        String.format(
            Locale.ROOT,
            "its input has the shape %s, not [rows, %d] or [rows, %d, %d] for %2$d values in"
                + " windows of %d frames of dimension %d",
            Arrays.toString(shape),
            window[0] * window[1],
            window[0],
            window[1],
            window[0],
            window[1]));
  }

  /** A size of −1 is free. */
  private static boolean agrees(long size, long wanted) {
    return size < 0 || size == wanted;
  }

  private record Output(String name, long[] shape) {}

  private static Output output(OrtSession session, String wanted) throws OrtException {
    Map<String, NodeInfo> outputs = session.getOutputInfo();
    String name = OnnxSignature.outputName(List.copyOf(outputs.keySet()), wanted);
    return new Output(name, floats("output", name, outputs.get(name)).getShape());
  }

  private void checkOutput(Output output) {
    if (output.shape().length != 2 || !agrees(output.shape()[1], numPdfs)) {
      throw new StjemException(
          String.format(
              Locale.ROOT,
              "output '%s' has the shape %s, not [rows, %d]",
              output.name(),
              Arrays.toString(output.shape()),
              numPdfs));
    }
    if (output.shape()[0] > 0) {
      throw new StjemException(
          String.format(
              Locale.ROOT,
              "output '%s' gives %d rows at a time; the first size must be free",
              output.name(),
              output.shape()[0]));
    }
  }

  /** What the runtime says, in one line and without its source files. */
  private static String reason(OrtException fault) {
    String message = String.valueOf(fault.getMessage()).replaceAll("\\s+", " ").strip();
    return message
        .replaceFirst("^Error code - ORT_\\w+ - message: ", "")
        .replaceFirst("^/onnxruntime_src/\\S+:\\d+ .*?\\) (?=[A-Z])", "");
  }

  @Override
  public int rowSize() {
    return rowSize;
  }

  @Override
  public int numPdfs() {
    return numPdfs;
  }

  @Override
  public String engine() {
    return "ONNX Runtime " + environment.getVersion() + ", cpu";
  }

  @Override
  public void logits(ByteBuffer windows, int rows, Consumer<FloatBuffer> reader) {
    FloatBuffer values =
        windows.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().slice(0, rows * rowSize);
    FloatBuffer logits = memory(rows).asFloatBuffer().slice(0, rows * numPdfs);
    long[] shape = new long[1 + windowShape.length];
    shape[0] = rows;
    System.arraycopy(windowShape, 0, shape, 1, windowShape.length);
    try (OnnxTensor x = OnnxTensor.createTensor(environment, values, shape);
        OnnxTensor y = OnnxTensor.createTensor(environment, logits, new long[] {rows, numPdfs});
        OrtSession.Result unused = session.run(Map.of(input, x), Set.of(), Map.of(output, y))) {
      reader.accept(logits);
    } catch (OrtException e) {
      throw new StjemException("ONNX Runtime fails on " + rows + " rows: " + reason(e), e);
    }
  }

  private ByteBuffer memory(int rows) {
    long bytes = (long) rows * numPdfs * Float.BYTES;
    ByteBuffer memory = logitMemory.get();
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
      logitMemory.set(memory);
    }
    return memory;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new StjemException("ONNX Runtime does not close a network: " + reason(e), e);
    }
    // The session reads them where they are, until its end.
    tensors.forEach(OnnxTensor::close);
  }
}
