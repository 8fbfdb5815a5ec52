package org.stjem.acoustic.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;

/**
 * All frames of a corpus with the pdf-id of each. A row is a window of normalised frames around
 * one; at the ends of an utterance its first or last frame is repeated. Features live in a
 * memory-mapped file, labels in memory (4 bytes a frame).
 */
public final class FrameCorpus implements LabelledRows, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameCorpus.class);

  /** A feature that never varies keeps this spread, so that it can be divided by. */
  private static final double LEAST_STDDEV = 1e-5;

  private final int dim;
  private final int left;
  private final int right;
  private final int numPdfs;
  private final FrameStore store;
  private int[] labels = new int[1 << 16];
  private int size;
  private int[] starts = new int[1 << 8];
  private int utterances;
  private int failed;
  private float[] mean;
  private float[] stddev;

  private FrameCorpus(FrameStore store, int dim, int left, int right, int numPdfs) {
    this.store = store;
    this.dim = dim;
    this.left = left;
    this.right = right;
    this.numPdfs = numPdfs;
  }

  /**
   * Reads features without alignments; the rows have no labels. Bad utterances are warned about and
   * left out.
   *
   * @param folder holds the temporary frame file
   * @throws StjemException if no utterance is left
   */
  public static FrameCorpus readUnlabelled(
      Path folder, SequentialTableReader<FloatMatrix> features, int left, int right)
      throws IOException {
    return read(folder, features, null, IntUnaryOperator.identity(), 0, left, right);
  }

  /**
   * Reads a corpus. Utterances without alignment, with an alignment that differs by 5 or more
   * frames, with another dimension or a pdf-id out of range are warned about and left out.
   *
   * @param folder holds the temporary frame file
   * @param features the features, each {@code [frames, dim]}
   * @param alignments one label per frame
   * @param toPdf turns a label into a pdf-id, −1 if there is none
   * @throws StjemException if no utterance is left
   */
  public static FrameCorpus read(
      Path folder,
      SequentialTableReader<FloatMatrix> features,
      RandomAccessTableReader<int[]> alignments,
      IntUnaryOperator toPdf,
      int numPdfs,
      int left,
      int right)
      throws IOException {
    FrameCorpus corpus = null;
    int failed = 0;
    while (features.next()) {
      String key = features.key();
      try {
        FloatMatrix matrix = features.value();
        int[] alignment = alignments == null ? null : alignments.value(key);
        if (corpus == null) {
          corpus =
              new FrameCorpus(
                  new FrameStore(folder, matrix.cols()), matrix.cols(), left, right, numPdfs);
        }
        corpus.add(key, matrix, alignment, toPdf);
      } catch (EntryException e) {
        failed++;
        LOG.warn("{}", e.getMessage());
      }
    }
    if (corpus == null || corpus.utterances == 0) {
      if (corpus != null) {
        corpus.close();
      }
      throw new StjemException(
          "no utterance has both features and a fitting alignment (" + failed + " failed)");
    }
    corpus.failed = failed;
    corpus.store.freeze();
    corpus.measure();
    LOG.info("{} frames of {} utterances, {} failed", corpus.size, corpus.utterances, failed);
    return corpus;
  }

  private void add(String key, FloatMatrix matrix, int[] alignment, IntUnaryOperator toPdf)
      throws IOException {
    if (matrix.rows() == 0) {
      throw new EntryException("utterance " + key + " has no frames");
    }
    if (matrix.cols() != dim) {
      throw new EntryException(
          "utterance " + key + " has features of dimension " + matrix.cols() + ", not " + dim);
    }
    if (alignment != null
        && Math.abs(matrix.rows() - alignment.length) >= FrameCalibration.LENGTH_TOLERANCE) {
      throw new EntryException(
          "utterance "
              + key
              + " has "
              + matrix.rows()
              + " frames of features but "
              + alignment.length
              + " of alignment");
    }
    int frames = alignment == null ? matrix.rows() : Math.min(matrix.rows(), alignment.length);
    int[] pdfs = new int[frames];
    for (int t = 0; alignment != null && t < frames; t++) {
      pdfs[t] = toPdf.applyAsInt(alignment[t]);
      if (pdfs[t] < 0 || pdfs[t] >= numPdfs) {
        throw new EntryException(
            "utterance "
                + key
                + " frame "
                + t
                + ": label "
                + alignment[t]
                + " is out of range, the model has "
                + numPdfs
                + " pdfs");
      }
    }
    for (int i = 0; i < frames * dim; i++) {
      if (!Float.isFinite(matrix.data()[i])) {
        throw new EntryException(
            "utterance " + key + " frame " + i / dim + ": a feature is " + matrix.data()[i]);
      }
    }
    store.append(matrix.data(), frames);
    if (utterances == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[utterances++] = size;
    if (size + frames > labels.length) {
      labels = Arrays.copyOf(labels, Math.max(2 * labels.length, size + frames));
    }
    System.arraycopy(pdfs, 0, labels, size, frames);
    size = Math.addExact(size, frames);
  }

  private void measure() {
    double[] sum = new double[dim];
    double[] squares = new double[dim];
    float[] frame = new float[dim];
    for (int t = 0; t < size; t++) {
      store.copy(t, frame, 0);
      for (int d = 0; d < dim; d++) {
        sum[d] += frame[d];
        squares[d] += (double) frame[d] * frame[d];
      }
    }
    mean = new float[dim];
    stddev = new float[dim];
    for (int d = 0; d < dim; d++) {
      double m = sum[d] / size;
      mean[d] = (float) m;
      stddev[d] = (float) Math.max(LEAST_STDDEV, Math.sqrt(squares[d] / size - m * m));
    }
  }

  /** Normalises rows by the statistics of another corpus, the training set's for a held-out one. */
  public void normaliseBy(float[] otherMean, float[] otherStddev) {
    mean = otherMean.clone();
    stddev = otherStddev.clone();
  }

  /** Mean of each feature dimension. */
  public float[] mean() {
    return mean.clone();
  }

  /** Standard deviation of each feature dimension, positive. */
  public float[] stddev() {
    return stddev.clone();
  }

  /** Dimension of one feature frame. */
  public int featureDim() {
    return dim;
  }

  /** Utterances that were left out. */
  public int failed() {
    return failed;
  }

  /** Frames of each pdf. */
  public double[] classCounts() {
    double[] counts = new double[numPdfs];
    for (int t = 0; t < size; t++) {
      counts[labels[t]]++;
    }
    return counts;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int rowSize() {
    return (left + 1 + right) * dim;
  }

  @Override
  public int classes() {
    return numPdfs;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void copyRow(int index, float[] target, int offset, SeededRandom random) {
    int found = Arrays.binarySearch(starts, 0, utterances, index);
    int utterance = found >= 0 ? found : -found - 2;
    int first = starts[utterance];
    int last = (utterance + 1 < utterances ? starts[utterance + 1] : size) - 1;
    int at = offset;
    for (int t = index - left; t <= index + right; t++) {
      store.copy(Math.min(Math.max(t, first), last), target, at);
      for (int d = 0; d < dim; d++) {
        target[at + d] = (target[at + d] - mean[d]) / stddev[d];
      }
      at += dim;
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
