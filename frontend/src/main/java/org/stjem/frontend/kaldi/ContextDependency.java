package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.stjem.frontend.io.StjemException;

/**
 * Kaldi's {@code tree}: which pdf the state of a phone has in the context of its neighbours
 * (tree/context-dep.h). Phones are counted from 1; 0 stands beyond the ends of an utterance.
 */
public final class ContextDependency {
  private static final int MOST_PHONES_OF_WINDOW = 100;

  private final int width;
  private final int centralPosition;
  private final TreeNode root;

  private ContextDependency(int width, int centralPosition, TreeNode root) {
    this.width = width;
    this.centralPosition = centralPosition;
    this.root = root;
  }

  /**
   * The tree of a monophone model: pdfs depend on nothing but phone and state, and are counted in
   * the order of the sets (MonophoneContextDependencyShared).
   *
   * @param sets phones that have their pdfs in common, those of each set ascending
   * @throws StjemException if a phone has no HMM, stands twice or is missing
   */
  public static ContextDependency monophone(HmmTopology topology, List<int[]> sets) {
    return new ContextDependency(1, 0, TreeRoots.ofSets(sets).stub(topology, 0));
  }

  /**
   * Makes a tree of its root node.
   *
   * @param width number of phones that pdfs depend on
   * @param centralPosition where the phone itself stands among those, counted from 0
   * @param root asks about positions below {@code width} and the class of the pdf alone
   */
  public static ContextDependency of(int width, int centralPosition, TreeNode root) {
    return new ContextDependency(width, centralPosition, root);
  }

  /**
   * Reads a tree.
   *
   * @throws StjemException if the file cannot be read or is no tree
   */
  public static ContextDependency read(String rxfilename) {
    try (KaldiInput in = KaldiInput.open(rxfilename)) {
      try {
        return read(in);
      } catch (StjemException e) {
        throw new StjemException("tree " + in.name() + ": " + e.getMessage(), e);
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot read tree " + rxfilename + ": " + StjemException.reason(e), e);
    }
  }

  private static ContextDependency read(KaldiInput in) throws IOException {
    boolean binary = in.readBinaryHeader();
    in.expectToken("ContextDependency");
    int width = ModelNumbers.readInt(in, binary);
    int position = ModelNumbers.readInt(in, binary);
    if (width < 1 || width > MOST_PHONES_OF_WINDOW || position < 0 || position >= width) {
      throw in.fault("its phone stands at " + position + " in a window of " + width + " phones");
    }
    in.expectToken("ToPdf");
    TreeNode root = TreeNode.read(in, binary, width, 0);
    in.expectToken("EndContextDependency");
    if (root == null) {
      throw in.fault("it has no nodes");
    }
    return new ContextDependency(width, position, root);
  }

  /** Writes a tree; one that Kaldi wrote gets the same bytes again. */
  public void write(String wxfilename, boolean binary) {
    KaldiObjects.write(
        wxfilename,
        binary,
        this,
        (out, inBinary, tree) -> {
          if (inBinary) {
            out.writeBinaryHeader();
          }
          out.writeText("ContextDependency ");
          if (inBinary) {
            out.writeSizedInt32(width);
            out.writeSizedInt32(centralPosition);
          } else {
            out.writeText(width + " " + centralPosition + " ");
          }
          out.writeText("ToPdf ");
          root.write(out, inBinary);
          out.writeText("EndContextDependency ");
        });
  }

  /**
   * Number of phones that a pdf depends on, its own one included: 1 for monophones, 3 for
   * triphones.
   */
  public int width() {
    return width;
  }

  /** Where the phone itself stands among those, counted from 0. */
  public int centralPosition() {
    return centralPosition;
  }

  /** Number of pdfs. */
  public int numPdfs() {
    return root.largestPdf() + 1;
  }

  /**
   * The pdf of a phone's state.
   *
   * @param window the phone and its neighbours, {@link #width} phones; 0 beyond the utterance
   * @param pdfClass class of the state in the topology
   * @throws StjemException if the tree has none
   */
  public int pdf(int[] window, int pdfClass) {
    int pdf = root.pdf(window, pdfClass);
    if (pdf < 0) {
      throw new StjemException(
          "the tree has no pdf for state "
              + pdfClass
              + " of phone "
              + window[centralPosition]
              + " in the context of phones "
              + Arrays.toString(window));
    }
    return pdf;
  }

  /** All pdfs that a phone's state has in any context, ascending. */
  List<Integer> pdfs(int phone, int pdfClass) {
    TreeSet<Integer> pdfs = new TreeSet<>();
    root.addPdfs(centralPosition, phone, pdfClass, pdfs);
    return new ArrayList<>(pdfs);
  }
}
