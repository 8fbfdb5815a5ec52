package org.stjem.acoustic.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An ONNX file in ONNX Runtime, as a stranger would run it: of one thread, by names. */
public final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /** Loads a file. */
  public OnnxSession(Path file) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    session = environment.createSession(file.toString(), options);
  }

  /** The metadata by key. */
  public Map<String, String> metadata() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /** All outputs by name; a vector is a matrix of one column. */
  public Map<String, FloatMatrix> run(FloatMatrix input) throws OrtException {
    String name = session.getInputNames().iterator().next();
    long[] shape = {input.rows(), input.cols()};
    Map<String, FloatMatrix> outputs = new LinkedHashMap<>();
    try (OnnxTensor x =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input.data()), shape);
        OrtSession.Result result = session.run(Map.of(name, x))) {
      for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
        OnnxTensor tensor = (OnnxTensor) output.getValue();
        long[] sizes = tensor.getInfo().getShape();
        float[] values = new float[(int) tensor.getInfo().getNumElements()];
        tensor.getFloatBuffer().get(values);
        int cols = sizes.length == 1 ? 1 : (int) sizes[1];
        outputs.put(output.getKey(), new FloatMatrix((int) sizes[0], cols, values));
      }
    }
    return outputs;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
