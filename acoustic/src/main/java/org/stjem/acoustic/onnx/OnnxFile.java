package org.stjem.acoustic.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;

/** ONNX files, which may come from anybody. */
public final class OnnxFile {
  /** Bytes of the largest file that is read. */
  public static final long MOST_BYTES = Integer.MAX_VALUE;

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
   *     holds one that is not of numbers or shorter than its shape; names the tensor
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

  /** The metadata of a model by key; of a key that stands there twice the first. */
  public static Map<String, String> metadata(ModelProto model) {
    Map<String, String> text = new LinkedHashMap<>();
    model
        .getMetadataPropsList()
        .forEach(entry -> text.putIfAbsent(entry.getKey(), entry.getValue()));
    return text;
  }

  private static ByteBuffer bytes(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StjemException(file + " is not a file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > MOST_BYTES) {
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
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
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
    graph.getNodeList().forEach(node -> check(file, node));
    if (model.getFunctionsCount() > 0) {
      throw new StjemException(file + " defines functions of its own, which are not read");
    }
  }

  private static void check(Path file, NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasT()) {
        check(file, attribute.getT());
      }
      attribute.getTensorsList().forEach(tensor -> check(file, tensor));
      if (attribute.hasSparseTensor() || attribute.getSparseTensorsCount() > 0) {
        throw new StjemException(file + " has sparse tensors, which are not read");
      }
      if (attribute.hasG() || attribute.getGraphsCount() > 0) {
        throw new StjemException(
            file + " has a graph within its graph (If, Loop, Scan), which is not read");
      }
    }
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
    checkSize(file, tensor);
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    if (type == TensorProto.DataType.FLOAT) {
      checkFinite(file, tensor, raw.remaining() / 4, i -> raw.getFloat(4 * i));
      checkFinite(file, tensor, tensor.getFloatDataCount(), tensor::getFloatData);
    } else if (type == TensorProto.DataType.DOUBLE) {
      checkFinite(file, tensor, raw.remaining() / 8, i -> raw.getDouble(8 * i));
      checkFinite(file, tensor, tensor.getDoubleDataCount(), tensor::getDoubleData);
    } else if (type == TensorProto.DataType.FLOAT16 || type == TensorProto.DataType.BFLOAT16) {
      // Of either, an exponent of ones stands for what is no finite number.
      int exponent = type == TensorProto.DataType.FLOAT16 ? 0x7C00 : 0x7F80;
      checkFinite(file, tensor, raw.remaining() / 2, i -> finiteIf(raw.getShort(2 * i), exponent));
      checkFinite(
          file,
          tensor,
          tensor.getInt32DataCount(),
          i -> finiteIf(tensor.getInt32Data(i), exponent));
    }
  }

  private static double finiteIf(int bits, int exponent) {
    return (bits & exponent) == exponent ? Double.NaN : 0;
  }

  /** Holds the shape against the bytes there are, before a runtime makes room for the shape. */
  private static void checkSize(Path file, TensorProto tensor) {
    double values = 1;
    for (long size : tensor.getDimsList()) {
      values *= size;
      if (size < 0) {
        values = Double.NaN;
      }
    }
    double stored =
        tensor.hasRawData()
            ? tensor.getRawData().size() * 8.0 / bits(tensor)
            : (double) tensor.getFloatDataCount()
                + tensor.getDoubleDataCount()
                + tensor.getInt32DataCount() * Math.max(1, 8 / bits(tensor))
                + tensor.getInt64DataCount()
                + tensor.getUint64DataCount()
                + tensor.getStringDataCount();
    // Half bytes may leave one over.
    if (!(values <= stored && stored < values + 2)) {
      throw new StjemException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' has the shape %s and %.0f values",
              file,
              tensor.getName(),
              tensor.getDimsList(),
              stored));
    }
  }

  /** Of a value in raw data. */
  private static int bits(TensorProto tensor) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    return switch (type == null ? TensorProto.DataType.UNDEFINED : type) {
      case UINT4, INT4 -> 4;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 16;
      case FLOAT, INT32, UINT32 -> 32;
      case DOUBLE, INT64, UINT64, COMPLEX64 -> 64;
      case COMPLEX128 -> 128;
      default -> 8;
    };
  }

  /** Gives a number by its index. */
  private interface Values {
    double at(int index);
  }

  private static void checkFinite(Path file, TensorProto tensor, int count, Values values) {
    for (int i = 0; i < count; i++) {
      if (!Double.isFinite(values.at(i))) {
        throw new StjemException(
            file
                + ": value "
                + i
                + " of tensor '"
                + tensor.getName()
                + "' is not finite; weights and scales must be");
      }
    }
  }
}
