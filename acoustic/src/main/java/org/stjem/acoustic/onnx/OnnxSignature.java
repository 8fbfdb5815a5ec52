package org.stjem.acoustic.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.stjem.frontend.io.StjemException;

/**
 * What a graph of windows says that it takes and gives, read from the file without a runtime.
 *
 * @param input sizes of its only input, −1 where one is free or not said
 * @param output name of the output that is taken
 * @param pdfs number of values in a row of it, −1 if that is free or not said
 */
@SuppressWarnings("ArrayRecordComponent") // read at once, never compared
public record OnnxSignature(long[] input, String output, long pdfs) {
  /** The output that is taken of several. */
  public static final String LOGITS = "logits";

  /**
   * Reads the signature.
   *
   * @param wanted name of the output to take; null for {@link #LOGITS}, or the only one
   * @throws StjemException if there are several inputs, or no such output, or they are not of
   *     float32
   */
  public static OnnxSignature of(ModelProto model, String wanted) {
    ValueInfoProto input = input(model.getGraph());
    ValueInfoProto output = output(model.getGraph(), wanted);
    long[] given = shape("output", output);
    return new OnnxSignature(
        shape("input", input), output.getName(), given.length == 0 ? -1 : given[given.length - 1]);
  }

  /** The input of windows; tensors may be declared as inputs, too. */
  static ValueInfoProto input(GraphProto graph) {
    Set<String> tensors =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    List<ValueInfoProto> inputs =
        graph.getInputList().stream().filter(in -> !tensors.contains(in.getName())).toList();
    return named(inputs, inputName(names(inputs)));
  }

  /**
   * The input of windows among a graph's.
   *
   * @throws StjemException if there are none or several
   */
  public static String inputName(List<String> inputs) {
    if (inputs.size() != 1) {
      throw new StjemException("its inputs are " + inputs + ", a network of windows has one");
    }
    return inputs.get(0);
  }

  private static ValueInfoProto output(GraphProto graph, String wanted) {
    List<ValueInfoProto> outputs = graph.getOutputList();
    return named(outputs, outputName(names(outputs), wanted));
  }

  /**
   * The output to take of a graph's.
   *
   * @param wanted its name; null for {@link #LOGITS}, or the only one
   * @throws StjemException if there is none of that name
   */
  public static String outputName(List<String> outputs, String wanted) {
    if (outputs.isEmpty()) {
      throw new StjemException("it has no outputs");
    }
    String name = wanted != null ? wanted : outputs.size() > 1 ? LOGITS : outputs.get(0);
    if (!outputs.contains(name)) {
      throw new StjemException("none of its outputs " + outputs + " is called " + name);
    }
    return name;
  }

  private static ValueInfoProto named(List<ValueInfoProto> values, String name) {
    return values.stream().filter(value -> value.getName().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> names(List<ValueInfoProto> values) {
    return values.stream().map(ValueInfoProto::getName).toList();
  }

  private static long[] shape(String what, ValueInfoProto value) {
    TypeProto.Tensor type = value.getType().getTensorType();
    if (type.getElemType() != TensorProto.DataType.FLOAT.getNumber()) {
      throw new StjemException(what + " '" + value.getName() + "' is no tensor of float32");
    }
    return type.getShape().getDimList().stream().mapToLong(OnnxSignature::size).toArray();
  }

  private static long size(TensorShapeProto.Dimension size) {
    return size.hasDimValue() && size.getDimValue() > 0 ? size.getDimValue() : -1;
  }
}
