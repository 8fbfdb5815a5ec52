package org.stjem.acoustic.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What numbers a foreign graph computes with, told from its operators and tensors. */
public final class OnnxPrecision {
  /** Operators that multiply integers of eight bits, of ONNX and of ONNX Runtime. */
  private static final Set<String> OF_EIGHT_BITS =
      Set.of(
          "ConvInteger",
          "DynamicQuantizeLinear",
          "DynamicQuantizeLSTM",
          "DynamicQuantizeMatMul",
          "MatMulInteger",
          "MatMulInteger16",
          "MatMulIntegerToFloat",
          "QGemm",
          "QLinearConv",
          "QLinearMatMul");

  private OnnxPrecision() {}

  /**
   * The narrowest precision that the graph computes or keeps weights with: {@code int4}, {@code
   * int8}, {@code int16}, {@code float16}, {@code bfloat16} or {@code float32}.
   */
  public static String of(ModelProto model) {
    GraphProto graph = model.getGraph();
    Map<String, TensorProto> tensors = new HashMap<>();
    graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    String narrowest = null;
    for (NodeProto node : graph.getNodeList()) {
      narrowest = narrower(narrowest, integers(node, tensors));
    }
    if (narrowest != null) {
      return narrowest;
    }
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber()
          || tensor.getDataType() == TensorProto.DataType.BFLOAT16.getNumber()) {
        return name(tensor);
      }
    }
    return "float32";
  }

  /** The integers of a node that computes with some, or null. */
  private static String integers(NodeProto node, Map<String, TensorProto> tensors) {
    if (node.getOpType().equals("MatMulNBits")) {
      return "int" + attribute(node, "bits", 4);
    }
    if (node.getOpType().equals("DequantizeLinear") && node.getInputCount() > 0) {
      TensorProto quantised = tensors.get(node.getInput(0));
      return quantised == null ? "int8" : name(quantised);
    }
    return OF_EIGHT_BITS.contains(node.getOpType()) ? "int8" : null;
  }

  private static long attribute(NodeProto node, String name, long otherwise) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }

  private static String narrower(String one, String other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return bits(one) <= bits(other) ? one : other;
  }

  private static long bits(String precision) {
    String digits = precision.replaceAll("\\D", "");
    return digits.isEmpty() ? Long.SIZE : Long.parseLong(digits);
  }

  /** The element type as models name it; a sign makes no difference. */
  private static String name(TensorProto tensor) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
    String name = type == null ? "type" + tensor.getDataType() : type.name();
    return name.toLowerCase(Locale.ROOT).replaceFirst("^u?int", "int");
  }
}
