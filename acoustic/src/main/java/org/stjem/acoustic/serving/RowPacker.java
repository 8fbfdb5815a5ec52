package org.stjem.acoustic.serving;

import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.net.RowScorer;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;

/** Turns logits into the messages of rows that one client asked for. Not thread-safe. */
final class RowPacker {
  private final UtteranceRequest request;
  private final RowScorer scorer;
  private final int[] columns;
  private final int rowsPerMessage;
  private final int rowsPerTurn;
  private final float[] scores;
  private final float[] selected;

  /**
   * A packer.
   *
   * @param numPdfs columns of the logits
   * @param messageBytes size of a message, about; one row goes out whatever its size
   * @param turnBytes size of the messages of a turn together, about
   */
  RowPacker(Priors priors, UtteranceRequest request, int numPdfs, int messageBytes, int turnBytes) {
    this.request = request;
    this.scorer = priors.scorer(request.kind(), request.priorScale());
    this.columns = request.columns().stream().mapToInt(Integer::intValue).toArray();
    int rowBytes =
        PackedFloats.bytes(request.format()) * (columns.length == 0 ? numPdfs : columns.length)
            + Float.BYTES;
    this.rowsPerMessage = Math.max(1, messageBytes / rowBytes);
    int rows = Math.max(1, turnBytes / rowBytes);
    this.rowsPerTurn =
        rows < AcousticModel.BLOCK_ROWS ? rows : rows - rows % AcousticModel.BLOCK_ROWS;
    this.scores = new float[numPdfs];
    this.selected = new float[columns.length];
  }

  /** Most rows of one turn. */
  int rowsPerTurn() {
    return rowsPerTurn;
  }

  /**
   * The messages for some rows.
   *
   * @param logits {@code [rows, numPdfs]}
   * @param firstFrame index of the frame of the first row
   * @throws StjemException if a score is not finite, which features out of all range bring about
   */
  List<ScoreResponse> pack(FloatMatrix logits, long firstFrame) {
    List<ScoreResponse> messages = new ArrayList<>();
    for (int from = 0; from < logits.rows(); from += rowsPerMessage) {
      int to = Math.min(logits.rows(), from + rowsPerMessage);
      messages.add(ScoreResponse.newBuilder().setRows(pack(logits, from, to, firstFrame)).build());
    }
    return messages;
  }

  private ScoreRows pack(FloatMatrix logits, int from, int to, long firstFrame) {
    int cols = logits.cols();
    int columnsSent = columns.length == 0 ? cols : columns.length;
    PackedFloats data = new PackedFloats((to - from) * columnsSent, request.format());
    // Row by row, so that a row stays in the fastest cache from the first step to the last.
    for (int row = from; row < to; row++) {
      requireFinite(logits.data(), row * cols, cols, firstFrame + row);
      scorer.score(logits.data(), row * cols, scores, 0, cols);
      if (columns.length == 0) {
        data.add(scores, cols);
      } else {
        for (int col = 0; col < columns.length; col++) {
          selected[col] = scores[columns[col]];
        }
        data.add(selected, columns.length);
      }
    }
    ScoreRows.Builder rows =
        ScoreRows.newBuilder()
            .setFirstFrame(firstFrame + from)
            .setNumRows(to - from)
            .setNumColumns(columnsSent)
            .setFormat(request.format())
            .setData(data.bytes());
    if (request.wantLogPx()) {
      float[] logPx = Priors.logDensity(logits.rows(from, to));
      rows.setLogPx(PackedFloats.pack(logPx, 0, logPx.length));
    }
    return rows.build();
  }

  /** Of the logits, before any choice of columns: NaN must not hide in a column left out. */
  private static void requireFinite(float[] logits, int at, int cols, long frame) {
    for (int pdf = 0; pdf < cols; pdf++) {
      if (!Float.isFinite(logits[at + pdf])) {
        throw new StjemException(
            "frame "
                + frame
                + " has the score "
                + logits[at + pdf]
                + " for pdf-id "
                + pdf
                + "; its features are out of all range");
      }
    }
  }
}
