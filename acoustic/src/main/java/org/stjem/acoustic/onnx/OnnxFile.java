package org.stjem.acoustic.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

/** ONNX files, which may come from anybody. */
public final class OnnxFile {
  private OnnxFile() {}

  /** The bytes of a model's file, in direct memory. */
  public static ByteBuffer bytes(ModelProto model) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(model.getSerializedSize());
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      model.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("memory takes what was measured", e);
    }
    return bytes.flip();
  }

  /** Writes a model whole or not at all. */
  public static void write(Path file, ModelProto model) throws IOException {
    try (AtomicFile out = AtomicFile.create(file)) {
      model.writeTo(out.stream());
      out.commit();
    }
  }

  /**
   * Reads a file and looks at what a runtime would trust.
   *
   * @return its bytes, in direct memory
   * @throws StjemException if it cannot be read, is no ONNX model, keeps tensors in other files, or
   *     holds one that is not of numbers; names the tensor
   */
  public static ByteBuffer read(Path file) {
    ByteBuffer bytes = bytes(file);
    check(file, parse(file, bytes.duplicate()));
    return bytes;
  }

  /** Reads a file for its contents, as {@link #read(Path)}. */
  public static ModelProto model(Path file) {
    ModelProto model = parse(file, bytes(file));
    check(file, model);
    return model;
  }

  private static ByteBuffer bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StjemException(file + " is not a file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new StjemException(
            file + " has " + size + " bytes; ONNX files of up to 2 GiB can be read");
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect((int) size);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new StjemException(file + " ends at offset " + bytes.position() + ", it shrank");
        }
      }
      return bytes.flip();
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static ModelProto parse(Path file, ByteBuffer bytes) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.enableAliasing(true);
      ModelProto model = ModelProto.parseFrom(in);
      if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
        throw new StjemException(file + " is no ONNX model: it has no graph");
      }
      return model;
    } catch (InvalidProtocolBufferException e) {
      throw new StjemException(
          file + " is no ONNX model, or a truncated one of " + bytes.capacity() + " bytes", e);
    } catch (IOException e) {
      throw new IllegalStateException("memory is read without faults", e);
    }
  }

  private static void check(Path file, ModelProto model) {
    GraphProto graph = model.getGraph();
    if (graph.getSparseInitializerCount() > 0) {
      throw new StjemException(file + " has sparse tensors, which are not read");
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      check(file, tensor);
    }
    graph.getNodeList().stream()
        .flatMap(node -> node.getAttributeList().stream())
        .forEach(
            attribute -> {
              if (attribute.hasT()) {
                check(file, attribute.getT());
              }
              if (attribute.hasG() || attribute.getGraphsCount() > 0) {
                throw new StjemException(
                    file + " has a graph within its graph (If, Loop, Scan), which is not read");
              }
            });
  }

  private static void check(Path file, TensorProto tensor) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0) {
      throw new StjemException(
          file
              + " keeps tensor '"
              + tensor.getName()
              + "' in another file; save the model with all its tensors inside");
    }
    if (tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()) {
      FloatBuffer raw =
          tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      for (int i = 0; i < raw.limit(); i++) {
        checkFinite(file, tensor, i, raw.get(i));
      }
      for (int i = 0; i < tensor.getFloatDataCount(); i++) {
        checkFinite(file, tensor, i, tensor.getFloatData(i));
      }
    }
  }

  private static void checkFinite(Path file, TensorProto tensor, int index, float value) {
    if (!Float.isFinite(value)) {
      throw new StjemException(
          file
              + ": value "
              + index
              + " of tensor '"
              + tensor.getName()
              + "' is "
              + value
              + ", weights and scales must be finite");
    }
  }
}
