package org.stjem.acoustic.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.ebm.Tensor;

/**
 * An ONNX graph that is being written: nodes in the order of computation, each value under a name.
 * Operators are those of opset 17, which every runtime since 2022 and ONNX's own checker know.
 */
public final class OnnxGraph {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final GraphProto.Builder graph;
  private int values;

  /** An empty graph. */
  public OnnxGraph(String name) {
    this.graph = GraphProto.newBuilder().setName(name);
  }

  /**
   * Declares an input of float32 values.
   *
   * @param shape sizes as numbers, or names of sizes that may vary
   * @return its name
   */
  public String input(String name, Object... shape) {
    graph.addInput(valueInfo(name, shape));
    return name;
  }

  /** Declares the value called {@code name} an output of float32 values. */
  public void output(String name, Object... shape) {
    graph.addOutput(valueInfo(name, shape));
  }

  private static ValueInfoProto valueInfo(String name, Object... shape) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (Object size : shape) {
      if (size instanceof String varying) {
        sizes.addDimBuilder().setDimParam(varying);
      } else {
        sizes.addDimBuilder().setDimValue(((Number) size).longValue());
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(sizes)))
        .build();
  }

  /** A constant tensor of float32; returns its name. */
  public String constant(Tensor tensor) {
    ByteBuffer bytes = littleEndian(Float.BYTES * tensor.values().length);
    bytes.asFloatBuffer().put(tensor.values());
    return constant(TensorProto.DataType.FLOAT, bytes, tensor.shape());
  }

  /** A constant vector of float32. */
  public String constant(float... values) {
    return constant(Tensor.of(values));
  }

  /** A constant scalar of float32. */
  public String scalar(float value) {
    return constant(new Tensor(new long[0], new float[] {value}));
  }

  /** A constant vector of int64. */
  public String constant(long... values) {
    ByteBuffer bytes = littleEndian(Long.BYTES * values.length);
    bytes.asLongBuffer().put(values);
    return constant(TensorProto.DataType.INT64, bytes, values.length);
  }

  /** A constant tensor of int8, or of uint8. */
  public String constant(byte[] values, boolean signed, long... shape) {
    return constant(
        signed ? TensorProto.DataType.INT8 : TensorProto.DataType.UINT8,
        ByteBuffer.wrap(values),
        shape);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    String name = "c" + values++;
    // Wrapped, not copied: the buffer is nobody else's.
    ByteString data = UnsafeByteOperations.unsafeWrap(bytes.rewind());
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber()).setRawData(data);
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  /** Adds a node without attributes; returns the name of its value. */
  public String node(String operator, String... inputs) {
    return node(operator, Map.of(), inputs);
  }

  /**
   * Adds a node.
   *
   * @param attributes of type {@link Long}, {@link Float} or {@code List<Long>}, by name
   * @return the name of its value
   */
  public String node(String operator, Map<String, ?> attributes, String... inputs) {
    String name = "v" + values++;
    named(name, operator, attributes, inputs);
    return name;
  }

  /** Adds a node whose value gets a name that is part of the contract, such as an output's. */
  public void named(String name, String operator, Map<String, ?> attributes, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name + "_" + operator)
            .addAllInput(List.of(inputs))
            .addOutput(name);
    attributes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> node.addAttribute(attribute(entry.getKey(), entry.getValue())));
    graph.addNode(node);
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Long number) {
      attribute.setType(AttributeProto.AttributeType.INT).setI(number);
    } else if (value instanceof Float number) {
      attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number);
    } else {
      attribute.setType(AttributeProto.AttributeType.INTS);
      for (Object number : (List<?>) value) {
        attribute.addInts((Long) number);
      }
    }
    return attribute.build();
  }

  /**
   * The finished model.
   *
   * @param metadata text by key, in the order given
   */
  public ModelProto model(Map<String, String> metadata) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("stjem")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(graph);
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build();
  }
}
