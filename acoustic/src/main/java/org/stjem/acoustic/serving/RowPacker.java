package org.stjem.acoustic.serving;

import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;

/** Turns logits into the messages of rows that one client asked for. */
final class RowPacker {
  private final Priors priors;
  private final UtteranceRequest request;
  private final int[] columns;
  private final int rowsPerMessage;

  /**
   * A packer.
   *
   * @param numPdfs columns of the logits
   * @param messageBytes size of a message, about; one row goes out whatever its size
   */
  RowPacker(Priors priors, UtteranceRequest request, int numPdfs, int messageBytes) {
    this.priors = priors;
    this.request = request;
    this.columns = request.columns().stream().mapToInt(Integer::intValue).toArray();
    int rowBytes =
        PackedFloats.bytes(request.format()) * (columns.length == 0 ? numPdfs : columns.length)
            + Float.BYTES;
    this.rowsPerMessage = Math.max(1, messageBytes / rowBytes);
  }

  /** Rows that fit into one message. */
  int rowsPerMessage() {
    return rowsPerMessage;
  }

  /**
   * The messages for some rows.
   *
   * @param logits {@code [rows, numPdfs]}
   * @param firstFrame index of the frame of the first row
   * @throws StjemException if a score is not finite, which features out of all range bring about
   */
  List<ScoreResponse> pack(FloatMatrix logits, long firstFrame) {
    // Of the logits, before any choice of columns: NaN must not hide in a column left out.
    for (int i = 0; i < logits.data().length; i++) {
      if (!Float.isFinite(logits.data()[i])) {
        throw new StjemException(
            "frame "
                + (firstFrame + i / logits.cols())
                + " has the score "
                + logits.data()[i]
                + " for pdf-id "
                + i % logits.cols()
                + "; its features are out of all range");
      }
    }
    float[] logPx = request.wantLogPx() ? Priors.logDensity(logits) : new float[0];
    FloatMatrix scores = priors.apply(logits, request.kind(), request.priorScale());
    if (columns.length > 0) {
      scores = select(scores);
    }
    List<ScoreResponse> messages = new ArrayList<>();
    int cols = scores.cols();
    for (int from = 0; from < scores.rows(); from += rowsPerMessage) {
      int count = Math.min(rowsPerMessage, scores.rows() - from);
      ScoreRows.Builder rows =
          ScoreRows.newBuilder()
              .setFirstFrame(firstFrame + from)
              .setNumRows(count)
              .setNumColumns(cols)
              .setFormat(request.format())
              .setData(
                  PackedFloats.pack(scores.data(), from * cols, count * cols, request.format()));
      if (request.wantLogPx()) {
        rows.setLogPx(PackedFloats.pack(logPx, from, count));
      }
      messages.add(ScoreResponse.newBuilder().setRows(rows).build());
    }
    return messages;
  }

  private FloatMatrix select(FloatMatrix scores) {
    FloatMatrix selected = new FloatMatrix(scores.rows(), columns.length);
    for (int row = 0; row < scores.rows(); row++) {
      for (int col = 0; col < columns.length; col++) {
        selected.set(row, col, scores.get(row, columns[col]));
      }
    }
    return selected;
  }
}
