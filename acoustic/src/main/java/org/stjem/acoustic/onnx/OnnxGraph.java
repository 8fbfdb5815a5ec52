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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.frontend.io.StjemException;

/**
 * An ONNX graph that is being written: nodes in the order of computation, each value under a name.
 * Operators are those of opset 17, which every runtime since 2022 and ONNX's own checker know,
 * unless a graph that is taken in has others.
 */
public final class OnnxGraph {
  private static final int IR_VERSION = 8;

  /** The operators of graphs that hold no foreign graph. */
  public static final int OPSET = 17;

  /** From here on the axes of ReduceSum are an input, as they are written here. */
  private static final int OLDEST_OPSET = 13;

  /** The newest that the bundled runtime knows. */
  private static final int NEWEST_OPSET = 23;

  /** Of 2 GiB, which is what protocol buffers can hold, something is left for the nodes. */
  private static final long LARGEST = Integer.MAX_VALUE - (64L << 20);

  /** From here on the axes of ReduceMax are an input rather than an attribute. */
  private static final int OPSET_OF_AXES_AS_INPUT = 18;

  private final GraphProto.Builder graph;
  private final int opset;
  private final Map<String, Long> domains = new TreeMap<>();
  private final Map<String, Tensor> tensorsApart = new LinkedHashMap<>();
  private boolean keepsApart;
  private long irVersion = IR_VERSION;
  private int values;
  private int embedded;

  /** An empty graph. */
  public OnnxGraph(String name) {
    this(name, OPSET);
  }

  /**
   * An empty graph with the operators of another opset, such as a graph that is to be embedded has.
   *
   * @throws StjemException if the nodes that are written here mean something else there
   */
  public OnnxGraph(String name, int opset) {
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw new StjemException(
          "its operators are those of opset "
              + opset
              + "; a graph can be taken in if they are of "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET);
    }
    this.graph = GraphProto.newBuilder().setName(name);
    this.opset = opset;
  }

  /**
   * An empty graph of which tensors of float32 stay apart, so that they need not be copied into it
   * for a runtime to copy them out again. No file can be made of it.
   */
  public static OnnxGraph withTensorsApart(String name) {
    OnnxGraph graph = new OnnxGraph(name);
    graph.keepsApart = true;
    return graph;
  }

  /** The tensors that stay apart, by the names that a runtime must be told. */
  public Map<String, Tensor> tensorsApart() {
    return tensorsApart;
  }

  /** The opset of a model's standard operators. */
  public static int opset(ModelProto model) {
    return model.getOpsetImportList().stream()
        .filter(set -> isStandard(set.getDomain()))
        .mapToInt(set -> (int) Math.min(Integer.MAX_VALUE, Math.max(0, set.getVersion())))
        .findFirst()
        .orElse(1);
  }

  private static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
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

  /**
   * Says the shape of a value of float32 within the graph, where a runtime could not work out that
   * its sizes are those of other values.
   */
  public void shape(String name, Object... shape) {
    graph.addValueInfo(valueInfo(name, shape));
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
    return keepsApart ? constantApart(tensor) : constantWithin(tensor);
  }

  /** A constant tensor of float32 that is part of the graph even where others stay apart. */
  String constantWithin(Tensor tensor) {
    ByteBuffer bytes = littleEndian(Float.BYTES * tensor.values().length);
    bytes.asFloatBuffer().put(tensor.values());
    return constant(TensorProto.DataType.FLOAT, bytes, tensor.shape());
  }

  private String constantApart(Tensor tensor) {
    String name = "c" + values++;
    TensorProto.Builder declared =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("apart"));
    for (long size : tensor.shape()) {
      declared.addDims(size);
    }
    graph.addInitializer(declared);
    tensorsApart.put(name, tensor);
    return name;
  }

  /** A constant vector of float32. */
  public String constant(float... values) {
    return constant(Tensor.of(values));
  }

  /** A number that no value of this graph has in its name yet. */
  int nextValue() {
    return values++;
  }

  /** The largest value of each row, {@code [rows, 1]}. */
  public String rowMax(String x) {
    return opset < OPSET_OF_AXES_AS_INPUT
        ? node("ReduceMax", Map.of("axes", List.of(1L)), x)
        : node("ReduceMax", x, constant(new long[] {1}));
  }

  /** The sum of each row, {@code [rows, 1]}. */
  public String rowSum(String x) {
    return node("ReduceSum", x, constant(new long[] {1}));
  }

  /**
   * Takes another graph in, its names under a prefix of their own.
   *
   * @param model of this graph's opset, checked by {@link OnnxFile}
   * @param windows value that its input of windows becomes, {@code [rows, frames · dim]}
   * @param window shape of one window, {@code [frames, dim]}
   * @param output the output that is wanted
   * @return the name of its value
   * @throws StjemException if the graph cannot be taken in
   */
  public String embed(ModelProto model, String windows, long[] window, String output) {
    if (opset(model) != opset) {
      throw new StjemException(
          "its operators are those of opset "
              + opset(model)
              + ", those of the rest of the graph of "
              + opset);
    }
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (!isStandard(set.getDomain())) {
        Long other = domains.put(set.getDomain(), set.getVersion());
        if (other != null && other != set.getVersion()) {
          throw new StjemException("two graphs have operators of " + set.getDomain() + " versions");
        }
      }
    }
    irVersion = Math.max(irVersion, model.getIrVersion());
    GraphProto other = model.getGraph();
    String prefix = "g" + embedded++ + "_";
    for (TensorProto tensor : other.getInitializerList()) {
      graph.addInitializer(tensor.toBuilder().setName(prefix + tensor.getName()));
    }
    ValueInfoProto input = OnnxSignature.input(other);
    boolean inFrames = input.getType().getTensorType().getShape().getDimCount() == 3;
    named(
        prefix + input.getName(),
        inFrames ? "Reshape" : "Identity",
        Map.of(),
        inFrames
            ? new String[] {windows, constant(new long[] {0, window[0], window[1]})}
            : new String[] {windows});
    for (NodeProto node : other.getNodeList()) {
      NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput();
      copy.setName(prefix + node.getName());
      // A name that is empty stands for an input or output that is left out.
      node.getInputList().forEach(name -> copy.addInput(name.isEmpty() ? name : prefix + name));
      node.getOutputList().forEach(name -> copy.addOutput(name.isEmpty() ? name : prefix + name));
      graph.addNode(copy);
    }
    return prefix + output;
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

  private static long bytes(TensorProto tensor) {
    return tensor.getRawData().size()
        + 8L * (tensor.getFloatDataCount() + tensor.getInt64DataCount());
  }

  /**
   * The finished model.
   *
   * @param metadata text by key, in the order given
   * @throws StjemException if its file would be larger than the format allows
   */
  public ModelProto model(Map<String, String> metadata) {
    long bytes = graph.getInitializerList().stream().mapToLong(OnnxGraph::bytes).sum();
    if (bytes > LARGEST) {
      throw new StjemException(
          "the graph has weights of " + bytes + " bytes; ONNX files of up to 2 GiB can be written");
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(irVersion)
            .setProducerName("stjem")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
            .setGraph(graph);
    domains.forEach(
        (domain, version) ->
            model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    metadata.forEach(
        (key, value) ->
            model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build();
  }
}
