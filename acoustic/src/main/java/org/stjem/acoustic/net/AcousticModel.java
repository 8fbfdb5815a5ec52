package org.stjem.acoustic.net;

import java.util.List;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A network that gives each feature frame one logit per pdf-id: {@code logits[t][y] = f(x_t)_y},
 * the negative energy of (x_t, y). Thread-safe.
 */
public interface AcousticModel extends AutoCloseable {

  /** What the model is and what it expects. */
  ModelDescription description();

  /** The priors of its pdfs and how they are divided out, unless something else is asked for. */
  default PriorSettings priorSettings() {
    return PriorSettings.of(description().classCounts());
  }

  /** How its rows are computed, and whether their bits depend on what is computed with them. */
  default Computation computation() {
    return Computation.UNKNOWN;
  }

  /**
   * Logits of a whole utterance; the first and last frame are repeated to fill the context.
   *
   * @param features {@code [frames, featureDim]}
   * @return {@code [frames, numPdfs]}
   * @throws org.stjem.frontend.kaldi.EntryException if the feature dimension is wrong, or a feature
   *     or logit is not a finite number
   */
  FloatMatrix logits(FloatMatrix features);

  /** A new utterance whose features arrive in chunks; its rows equal {@link #logits}. */
  default LogitStream stream() {
    return new ContextLogitStream(this);
  }

  /**
   * Logits of the inner frames of a stretch of features that already carries its context.
   *
   * @param features {@code [leftContext + frames + rightContext, featureDim]}
   * @return {@code [frames, numPdfs]}
   */
  FloatMatrix logitsOfPadded(FloatMatrix features);

  /**
   * Logits of several stretches, which may belong to different utterances, computed together; each
   * equals {@link #logitsOfPadded(FloatMatrix)}.
   */
  default List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    return stretches.stream().map(this::logitsOfPadded).toList();
  }

  /**
   * Rows, and who took no part in them.
   *
   * @param logits one matrix {@code [frames, numPdfs]} for each stretch
   * @param missing names of the parts of the model that these rows were computed without
   */
  record Rows(List<FloatMatrix> logits, List<String> missing) {}

  /** As {@link #logitsOfPadded(List)}, also of a model that can do without some of its parts. */
  default Rows rowsOfPadded(List<FloatMatrix> stretches) {
    return new Rows(logitsOfPadded(stretches), List.of());
  }

  /** Takes rows of logits one by one. */
  @FunctionalInterface
  interface RowReader {
    /**
     * Takes the next row of a stretch.
     *
     * @param stretch index of the stretch
     * @param logits of numPdfs values from index {@code at} on; lent, not to be kept or changed
     */
    void read(int stretch, float[] logits, int at);
  }

  /**
   * As {@link #rowsOfPadded}, but lends the rows instead of handing out matrices: stretch by
   * stretch, frame by frame, each once.
   *
   * @return names of the parts of the model that the rows were computed without
   */
  default List<String> readRows(List<FloatMatrix> stretches, RowReader reader) {
    Rows rows = rowsOfPadded(stretches);
    for (int stretch = 0; stretch < stretches.size(); stretch++) {
      FloatMatrix logits = rows.logits().get(stretch);
      for (int row = 0; row < logits.rows(); row++) {
        reader.read(stretch, logits.data(), row * logits.cols());
      }
    }
    return rows.missing();
  }

  @Override
  void close();
}
