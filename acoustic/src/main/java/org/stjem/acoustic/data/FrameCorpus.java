package org.stjem.acoustic.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.Labels;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.ebm.Head;
import org.stjem.acoustic.ebm.Heads;
import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;

/**
 * All frames of a corpus with the pdf-id of each. A row is a window of normalised frames around
 * one; at the ends of an utterance its first or last frame is repeated. Features and labels live in
 * a memory-mapped file; in memory are 4 bytes an utterance, and the labels of further heads.
 */
public final class FrameCorpus implements LabelledRows, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameCorpus.class);

  /**
   * The variance of a feature that never varies is floored, as Kaldi floors it: it is divided by.
   */
  private static final double LEAST_VARIANCE = 1e-10;

  private static final int CHECKSUM_DIGITS = 16;
  private static final int LABELS_AT_A_TIME = 1 << 16;

  private final int dim;
  private final int left;
  private final int right;
  private final int numPdfs;
  private final List<HeadLabels> further;
  private final FrameStore store;
  private int size;
  private int[] starts = new int[1 << 8];
  private int utterances;
  private float[] mean;
  private float[] stddev;
  private String content;

  private FrameCorpus(
      FrameStore store, int dim, int left, int right, int numPdfs, List<HeadLabels> further) {
    this.store = store;
    this.dim = dim;
    this.left = left;
    this.right = right;
    this.numPdfs = numPdfs;
    this.further = further;
  }

  /**
   * Reads features without alignments; the rows have no labels.
   *
   * @param folder holds the temporary frame file
   * @param tally told of each utterance; bad ones are left out
   * @throws org.stjem.frontend.io.StjemException if no utterance is left
   */
  public static FrameCorpus readUnlabelled(
      Path folder,
      SequentialTableReader<FloatMatrix> features,
      int left,
      int right,
      UtteranceTally tally)
      throws IOException {
    Labelling none = (key, matrix) -> new int[matrix.rows()];
    return read(folder, features, none, 0, List.of(), left, right, tally);
  }

  /**
   * Reads a corpus. Utterances without alignment, with an alignment that differs by 5 or more
   * frames, with another dimension, a feature that is not finite or a pdf-id out of range are left
   * out.
   *
   * @param folder holds the temporary frame file
   * @param features the features, each {@code [frames, dim]}
   * @param alignments one label per frame
   * @param map makes pdf-ids of the labels
   * @param further labels of heads after the first, whose labels the alignments are; filled here
   * @param tally told of each utterance
   * @throws org.stjem.frontend.io.StjemException if no utterance is left, or too many have a label
   *     out of range
   */
  public static FrameCorpus read(
      Path folder,
      SequentialTableReader<FloatMatrix> features,
      RandomAccessTableReader<int[]> alignments,
      PdfMap map,
      int numPdfs,
      List<HeadLabels> further,
      int left,
      int right,
      UtteranceTally tally)
      throws IOException {
    Labelling labelling =
        (key, matrix) -> {
          int[] pdfs = map.pdfs(alignments.value(key));
          int frames = Labels.commonFrames("features", matrix.rows(), pdfs);
          Labels.requireBelow(numPdfs, pdfs, frames);
          return Arrays.copyOf(pdfs, frames);
        };
    return read(folder, features, labelling, numPdfs, further, left, right, tally);
  }

  /** The same of one head. */
  public static FrameCorpus read(
      Path folder,
      SequentialTableReader<FloatMatrix> features,
      RandomAccessTableReader<int[]> alignments,
      PdfMap map,
      int numPdfs,
      int left,
      int right,
      UtteranceTally tally)
      throws IOException {
    return read(folder, features, alignments, map, numPdfs, List.of(), left, right, tally);
  }

  /** Gives the labels of an utterance, as many as there are frames to use. */
  private interface Labelling {
    int[] labels(String key, FloatMatrix features);
  }

  private static FrameCorpus read(
      Path folder,
      SequentialTableReader<FloatMatrix> features,
      Labelling labelling,
      int numPdfs,
      List<HeadLabels> further,
      int left,
      int right,
      UtteranceTally tally)
      throws IOException {
    FrameCorpus corpus = null;
    try {
      while (features.next()) {
        try {
          FloatMatrix matrix = features.value();
          if (matrix.rows() == 0) {
            throw new EntryException("no frames");
          }
          if (corpus == null) {
            FrameStore store = new FrameStore(folder, matrix.cols());
            corpus = new FrameCorpus(store, matrix.cols(), left, right, numPdfs, further);
          }
          corpus.add(features.key(), matrix, labelling.labels(features.key(), matrix));
          tally.done();
        } catch (EntryException e) {
          tally.failed(features.key(), e);
        }
      }
      tally.finish();
      corpus.store.freeze();
      further.forEach(HeadLabels::freeze);
      corpus.measure();
      corpus.content = corpus.summary();
    } catch (IOException | RuntimeException e) {
      if (corpus != null) {
        corpus.close();
      }
      throw e;
    }
    LOG.info("{} frames of {} utterances", corpus.size, corpus.utterances);
    return corpus;
  }

  private void add(String key, FloatMatrix matrix, int[] pdfs) throws IOException {
    if (matrix.cols() != dim) {
      throw new EntryException("features have dimension " + matrix.cols() + ", not " + dim);
    }
    FiniteNumbers.requireFeatures(matrix, 0);
    int frames = pdfs.length;
    List<int[]> others = further.stream().map(head -> head.labels(key, frames)).toList();
    store.append(matrix.data(), pdfs);
    if (utterances == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[utterances++] = size;
    size = Math.addExact(size, frames);
    for (int i = 0; i < others.size(); i++) {
      further.get(i).append(others.get(i));
    }
  }

  /** In two passes: a sum of squares less the squared mean has no digits left if they are alike. */
  private void measure() {
    double[] sum = new double[dim];
    forEachFrame((d, value) -> sum[d] += value);
    double[] squares = new double[dim];
    forEachFrame(
        (d, value) -> {
          double deviation = value - sum[d] / size;
          squares[d] += deviation * deviation;
        });
    mean = new float[dim];
    stddev = new float[dim];
    List<Integer> floored = new ArrayList<>();
    for (int d = 0; d < dim; d++) {
      mean[d] = (float) (sum[d] / size);
      double variance = squares[d] / size;
      if (variance < LEAST_VARIANCE) {
        floored.add(d);
      }
      stddev[d] = (float) Math.sqrt(Math.max(LEAST_VARIANCE, variance));
    }
    if (!floored.isEmpty()) {
      LOG.warn(
          "feature dimensions {} hardly vary: their variances are floored at {}",
          floored,
          LEAST_VARIANCE);
    }
  }

  private String summary() {
    List<ByteBuffer> parts = new ArrayList<>();
    parts.add(bytes(starts, utterances));
    parts.add(bytes(mean));
    parts.add(bytes(stddev));
    for (HeadLabels head : further) {
      parts.add(
          ByteBuffer.wrap(
              ByteText.encode(head.name() + "\n" + String.join("\n", head.classNames()))));
      parts.add(bytes(head.all(), size));
    }
    String checksum =
        Checksums.sha256(
            Stream.concat(
                LongStream.iterate(0, t -> t < size, t -> t + LABELS_AT_A_TIME)
                    .mapToObj(this::labels),
                parts.stream()));
    return String.format(
        Locale.ROOT,
        "%d frames of %d utterances, dimension %d, checksum %s",
        size,
        utterances,
        dim,
        checksum.substring(0, CHECKSUM_DIGITS));
  }

  /** The labels of the next frames from {@code first} on. */
  private ByteBuffer labels(long first) {
    int[] some = new int[(int) Math.min(LABELS_AT_A_TIME, size - first)];
    for (int i = 0; i < some.length; i++) {
      some[i] = store.label(first + i);
    }
    return bytes(some, some.length);
  }

  private static ByteBuffer bytes(int[] values, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, Integer.BYTES));
    bytes.asIntBuffer().put(values, 0, count);
    return bytes;
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private interface ValueUse {
    void take(int dimension, float value);
  }

  private void forEachFrame(ValueUse use) {
    float[] frame = new float[dim];
    for (int t = 0; t < size; t++) {
      store.copy(t, frame, 0);
      for (int d = 0; d < dim; d++) {
        use.take(d, frame[d]);
      }
    }
  }

  /** Normalises rows by the statistics of another corpus, the training set's for a held-out one. */
  public void normaliseBy(float[] otherMean, float[] otherStddev) {
    mean = otherMean.clone();
    stddev = otherStddev.clone();
  }

  /**
   * What tells this corpus from others, wherever it lies: its size, and a checksum of all labels,
   * the lengths of the utterances, and the features' mean and standard deviation.
   */
  public String content() {
    return content;
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

  /** Frames of each pdf. */
  public double[] classCounts() {
    double[] counts = new double[numPdfs];
    for (int t = 0; t < size; t++) {
      counts[store.label(t)]++;
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
    return numPdfs + further.stream().mapToInt(HeadLabels::classes).sum();
  }

  /** The heads after the first. */
  public List<HeadLabels> further() {
    return List.copyOf(further);
  }

  @Override
  public Heads heads() {
    if (further.isEmpty()) {
      return Heads.one(numPdfs);
    }
    List<Head> heads = new ArrayList<>();
    heads.add(new Head("", 0, numPdfs, 1));
    for (HeadLabels head : further) {
      heads.add(new Head(head.name(), heads.get(heads.size() - 1).end(), head.classes(), 1));
    }
    return new Heads(heads);
  }

  @Override
  public int label(int head, int index) {
    return head == 0 ? store.label(index) : further.get(head - 1).label(index);
  }

  @Override
  public int label(int index) {
    return store.label(index);
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
