package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntFunction;

/** A node of a decision tree and what is below it (tree/event-map.h). */
public sealed interface TreeNode {
  /** Asks for the class of the pdf: which state of the HMM it is. */
  int PDF_CLASS = -1;

  /** There is no pdf for what was asked. */
  int NONE = -1;

  /** A tree this deep is nobody's. */
  int DEEPEST = 1000;

  /** Far more than any model has. */
  int MOST_PDFS = 1 << 24;

  /** In binary, sizes of tables are marked as unsigned by a negative width. */
  int UNSIGNED_WIDTH = 256 - Integer.BYTES;

  /** Bytes of the shortest node. */
  int NODE_BYTES = 5;

  /**
   * The pdf of a phone in its context, or {@link #NONE}.
   *
   * @param phones the window of phones
   */
  int pdf(int[] phones, int pdfClass);

  /** Adds the pdfs of a phone, which stands at {@code position} in its window, in any context. */
  void addPdfs(int position, int phone, int pdfClass, Set<Integer> pdfs);

  /** The largest pdf, or {@link #NONE}. */
  int largestPdf();

  /**
   * The tree with others in place of its leaves.
   *
   * @param replacement of the leaf with a pdf
   */
  TreeNode replaceLeaves(IntFunction<TreeNode> replacement);

  /** Writes the node and what is below it. */
  void write(KaldiOutput out, boolean binary) throws IOException;

  /**
   * Where questions end.
   *
   * @param pdf 0 or more
   */
  record Leaf(int pdf) implements TreeNode {
    @Override
    public int pdf(int[] phones, int pdfClass) {
      return pdf;
    }

    @Override
    public void addPdfs(int position, int phone, int pdfClass, Set<Integer> pdfs) {
      pdfs.add(pdf);
    }

    @Override
    public int largestPdf() {
      return pdf;
    }

    @Override
    public TreeNode replaceLeaves(IntFunction<TreeNode> replacement) {
      return replacement.apply(pdf);
    }

    @Override
    public void write(KaldiOutput out, boolean binary) throws IOException {
      out.writeText("CE ");
      writeInt(out, binary, pdf);
    }
  }

  /**
   * A branch for each value.
   *
   * @param key position in the window of phones, or {@link #PDF_CLASS}
   * @param branches by value; null where there is none
   */
  record Table(int key, TreeNode... branches) implements TreeNode {
    @Override
    public int pdf(int[] phones, int pdfClass) {
      TreeNode branch = branch(key == PDF_CLASS ? pdfClass : phones[key]);
      return branch == null ? NONE : branch.pdf(phones, pdfClass);
    }

    private TreeNode branch(int value) {
      return value >= 0 && value < branches.length ? branches[value] : null;
    }

    @Override
    public void addPdfs(int position, int phone, int pdfClass, Set<Integer> pdfs) {
      boolean known = key == PDF_CLASS || key == position;
      TreeNode[] reached =
          known ? new TreeNode[] {branch(key == PDF_CLASS ? pdfClass : phone)} : branches;
      for (TreeNode branch : reached) {
        if (branch != null) {
          branch.addPdfs(position, phone, pdfClass, pdfs);
        }
      }
    }

    @Override
    public int largestPdf() {
      return Arrays.stream(branches)
          .mapToInt(branch -> branch == null ? NONE : branch.largestPdf())
          .max()
          .orElse(NONE);
    }

    @Override
    public TreeNode replaceLeaves(IntFunction<TreeNode> replacement) {
      TreeNode[] replaced = new TreeNode[branches.length];
      for (int i = 0; i < branches.length; i++) {
        replaced[i] = branches[i] == null ? null : branches[i].replaceLeaves(replacement);
      }
      return new Table(key, replaced);
    }

    @Override
    public void write(KaldiOutput out, boolean binary) throws IOException {
      out.writeText("TE ");
      writeInt(out, binary, key);
      if (binary) {
        out.write(UNSIGNED_WIDTH);
        out.writeInt32(branches.length);
      } else {
        out.writeText(branches.length + " ");
      }
      out.writeText("( ");
      for (TreeNode branch : branches) {
        if (branch == null) {
          out.writeText("NULL ");
        } else {
          branch.write(out, binary);
        }
      }
      out.writeText(binary ? ") " : ") \n");
    }
  }

  /**
   * A question.
   *
   * @param key position in the window of phones, or {@link #PDF_CLASS}
   * @param values those whose answer is yes, ascending
   */
  record Split(int key, int[] values, TreeNode yes, TreeNode no) implements TreeNode {
    @Override
    public int pdf(int[] phones, int pdfClass) {
      return branch(key == PDF_CLASS ? pdfClass : phones[key]).pdf(phones, pdfClass);
    }

    private TreeNode branch(int value) {
      return Arrays.binarySearch(values, value) >= 0 ? yes : no;
    }

    @Override
    public void addPdfs(int position, int phone, int pdfClass, Set<Integer> pdfs) {
      if (key == PDF_CLASS || key == position) {
        branch(key == PDF_CLASS ? pdfClass : phone).addPdfs(position, phone, pdfClass, pdfs);
      } else {
        yes.addPdfs(position, phone, pdfClass, pdfs);
        no.addPdfs(position, phone, pdfClass, pdfs);
      }
    }

    @Override
    public int largestPdf() {
      return Math.max(yes.largestPdf(), no.largestPdf());
    }

    @Override
    public TreeNode replaceLeaves(IntFunction<TreeNode> replacement) {
      return new Split(key, values, yes.replaceLeaves(replacement), no.replaceLeaves(replacement));
    }

    @Override
    public void write(KaldiOutput out, boolean binary) throws IOException {
      out.writeText("SE ");
      writeInt(out, binary, key);
      BareIntVectorHolder.writeValues(out, binary, values);
      out.writeText("{ ");
      yes.write(out, binary);
      no.write(out, binary);
      out.writeText(binary ? "} " : "} \n");
    }
  }

  /**
   * Reads a node and what is below it.
   *
   * @param width number of phones in the window
   * @param depth of the node
   * @return null for no node
   */
  static TreeNode read(KaldiInput in, boolean binary, int width, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw in.fault("the tree is deeper than " + DEEPEST + " nodes");
    }
    String kind = in.readToken();
    in.read();
    return switch (kind) {
      case "NULL" -> null;
      case "CE" -> new Leaf(readPdf(in, binary));
      case "TE" -> readTable(in, binary, width, depth);
      case "SE" -> readSplit(in, binary, width, depth);
      default ->
          throw in.fault("expected a node of a tree but found '" + KaldiInput.brief(kind) + "'");
    };
  }

  private static int readPdf(KaldiInput in, boolean binary) throws IOException {
    int pdf = readInt(in, binary);
    if (pdf < 0 || pdf >= MOST_PDFS) {
      throw in.fault("a leaf has pdf " + pdf + "; expected 0 to " + (MOST_PDFS - 1));
    }
    return pdf;
  }

  private static Table readTable(KaldiInput in, boolean binary, int width, int depth)
      throws IOException {
    int key = readKey(in, binary, width);
    int size;
    if (binary) {
      int bytes = in.read();
      if (bytes != UNSIGNED_WIDTH) {
        throw in.fault("expected the size of a table but found " + KaldiInput.show(bytes));
      }
      size = in.readInt32();
    } else {
      size = readInt(in, false);
    }
    in.requireAvailable(size, NODE_BYTES, "branches of a tree");
    in.expectToken("(");
    // Not as many as the file claims at once: nothing is known of the length of a pipe.
    TreeNode[] branches = new TreeNode[Math.min(size, 1 << 10)];
    for (int i = 0; i < size; i++) {
      if (i == branches.length) {
        branches = Arrays.copyOf(branches, (int) Math.min(size, 2L * i));
      }
      branches[i] = read(in, binary, width, depth + 1);
    }
    in.expectToken(")");
    return new Table(key, branches);
  }

  private static Split readSplit(KaldiInput in, boolean binary, int width, int depth)
      throws IOException {
    int key = readKey(in, binary, width);
    int[] values = BareIntVectorHolder.readValues(in, binary);
    Arrays.sort(values);
    in.expectToken("{");
    TreeNode yes = read(in, binary, width, depth + 1);
    TreeNode no = read(in, binary, width, depth + 1);
    in.expectToken("}");
    if (yes == null || no == null) {
      throw in.fault("a question has no node for one of its answers");
    }
    return new Split(key, values, yes, no);
  }

  private static int readKey(KaldiInput in, boolean binary, int width) throws IOException {
    int key = readInt(in, binary);
    if (key < PDF_CLASS || key >= width) {
      throw in.fault("a question is for position " + key + " of " + width);
    }
    return key;
  }

  private static int readInt(KaldiInput in, boolean binary) throws IOException {
    return ModelNumbers.readInt(in, binary);
  }

  private static void writeInt(KaldiOutput out, boolean binary, int value) throws IOException {
    if (binary) {
      out.writeSizedInt32(value);
    } else {
      out.writeText(value + " ");
    }
  }
}
