package org.stjem.acoustic.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.KaldiOutput;

/**
 * A Kaldi network: nodes that say what is computed of what, and the components that do it
 * (nnet3/nnet-nnet.cc). Its file form is
 *
 * <pre>
 * network    = "&lt;Nnet3&gt; " LF { node LF } LF "&lt;NumComponents&gt; " int { component } "&lt;/Nnet3&gt; "
 * node       = "input-node name=" NAME " dim=" N
 *            | "component-node name=" NAME " component=" NAME " input=" descriptor
 *            | "output-node name=" NAME " input=" descriptor " objective=linear"
 * descriptor = NAME | "Offset(" NAME ", " FRAMES ")" | "Append(" descriptor { ", " descriptor } ")"
 *            | "Sum(" descriptor ", " descriptor ")" | "Scale(" FACTOR ", " NAME ")"
 * component  = "&lt;ComponentName&gt; " NAME " " "&lt;" TYPE "&gt; " { "&lt;" FIELD "&gt; " value } "&lt;/" TYPE "&gt; "
 * value      = int | real | vector | matrix | ints | pairs | bool
 * </pre>
 *
 * <p>The nodes are text in either form of the file. In the binary form an int is a byte 4 and its
 * four bytes, a real a byte 8 and its eight, a vector {@code FV }, its length and floats, a matrix
 * {@code FM }, rows, columns and floats row by row, ints a byte 4, their number as four bytes and
 * four bytes for each, pairs a byte 4, the number of pairs and eight bytes for each, a bool {@code
 * T} or {@code F}, all little-endian; in the text form numbers and bools end with a space, lists
 * stand in brackets, and a comma parts a pair.
 */
final class Nnet3Network {
  private final List<String> nodes = new ArrayList<>();
  private final Map<String, Nnet3Component> components = new LinkedHashMap<>();

  /** Adds the input of the network. */
  String input(int dim) {
    nodes.add("input-node name=input dim=" + dim);
    return "input";
  }

  /**
   * Adds a component and a node that applies it.
   *
   * @param name of both; letters, digits, dots and dashes
   * @param descriptor what it is applied to
   * @return the name, for the descriptors of other nodes
   */
  String add(String name, Nnet3Component component, String descriptor) {
    if (components.put(name, component) != null) {
      throw new IllegalArgumentException("two components " + name);
    }
    nodes.add("component-node name=" + name + " component=" + name + " input=" + descriptor);
    return name;
  }

  /**
   * A descriptor of the values of a node at several times, one behind the other.
   *
   * @param first frames from the current one to the first of them
   * @param count number of them
   * @param step frames from one to the next
   */
  String spliced(String node, int first, int count, int step) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(shifted(node, first + i * step));
    }
    return count == 1 ? parts.get(0) : "Append(" + String.join(", ", parts) + ")";
  }

  /** A descriptor of the value of a node some frames later. */
  static String shifted(String node, int frames) {
    return frames == 0 ? node : "Offset(" + node + ", " + frames + ")";
  }

  /**
   * Adds an activation.
   *
   * @param name what the nodes' names end with
   * @param function {@code silu} or {@code relu}
   * @param dim number of values
   * @param sums descriptor of what it is applied to
   * @return the name of the node that has its values
   */
  String activation(String name, String function, int dim, String sums) {
    if (function.equals("relu")) {
      return add("relu" + name, Nnet3Component.Nonlinearity.relu(dim), sums);
    }
    String sigmoid = add("sigmoid" + name, Nnet3Component.Nonlinearity.sigmoid(dim), sums);
    return add(
        "silu" + name, new Nnet3Component.Product(dim), "Append(" + sums + ", " + sigmoid + ")");
  }

  /** Ends the network. */
  void output(String descriptor) {
    nodes.add("output-node name=output input=" + descriptor + " objective=linear");
  }

  /**
   * Writes the network, without a binary header.
   *
   * @throws IOException if the output cannot be written
   */
  void write(KaldiOutput kaldiOutput, boolean binary) throws IOException {
    Nnet3Output out = new Nnet3Output(kaldiOutput, binary);
    out.token("<Nnet3>");
    out.text("\n" + String.join("\n", nodes) + "\n\n");
    out.token("<NumComponents>");
    out.integer(components.size());
    out.endLine();
    for (Map.Entry<String, Nnet3Component> component : components.entrySet()) {
      out.token("<ComponentName>");
      out.token(component.getKey());
      component.getValue().write(out);
      out.endLine();
    }
    out.token("</Nnet3>");
    out.endLine();
  }
}
