package org.stjem.acoustic.serving;

import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.net.RowScorer;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.proto.v1.ScoreRows;

/** Turns logits into the messages of rows that one client asked for. Not thread-safe. */
final class RowPacker {
  private final UtteranceRequest request;
  private final RowScorer scorer;
  private final int[] columns;
  private final int rowsPerMessage;
  private final int rowsPerTurn;
  private final int columnsSent;
  private final float[] scores;
  private final float[] selected;

  // Of the rows that are being added.
  private final List<ScoreRows> messages = new ArrayList<>();
  private int rowsToCome;
  private long nextFrame;

  // Of the message that they go to now.
  private PackedFloats data;
  private float[] logPx;
  private int messageRows;
  private int rowsAdded;

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
    this.columnsSent = columns.length == 0 ? numPdfs : columns.length;
    int rowBytes = PackedFloats.bytes(request.format()) * columnsSent + Float.BYTES;
    this.rowsPerMessage = Math.max(1, messageBytes / rowBytes);
    this.rowsPerTurn = Math.max(1, turnBytes / rowBytes);
    this.scores = new float[numPdfs];
    this.selected = new float[columns.length];
  }

  /** Most rows of one turn. */
  int rowsPerTurn() {
    return rowsPerTurn;
  }

  /**
   * Begins anew.
   *
   * @param rows that will be added
   * @param firstFrame index of the frame of the first row
   */
  void begin(int rows, long firstFrame) {
    messages.clear();
    rowsToCome = rows;
    nextFrame = firstFrame;
    rowsAdded = 0;
  }

  private void beginMessage() {
    messageRows = Math.min(rowsToCome, rowsPerMessage);
    data = new PackedFloats(messageRows * columnsSent, request.format());
    logPx = new float[request.wantLogPx() ? messageRows : 0];
  }

  /**
   * Adds a row.
   *
   * @param logits numPdfs values from index {@code at} on
   * @throws org.stjem.frontend.kaldi.EntryException if a score is not finite, which features out of
   *     all range bring about
   */
  void add(float[] logits, int at) {
    // Of the logits, before any choice of columns: NaN must not hide in a column left out.
    FiniteNumbers.requireScores(logits, at, scores.length, nextFrame);
    if (rowsAdded == 0) {
      beginMessage();
    }
    scorer.score(logits, at, scores, 0, scores.length);
    if (columns.length == 0) {
      data.add(scores, scores.length);
    } else {
      for (int col = 0; col < columns.length; col++) {
        selected[col] = scores[columns[col]];
      }
      data.add(selected, columns.length);
    }
    if (request.wantLogPx()) {
      logPx[rowsAdded] = (float) LogSumExp.of(logits, at, scores.length);
    }
    rowsAdded++;
    rowsToCome--;
    nextFrame++;
    if (rowsAdded == messageRows) {
      messages.add(message());
      rowsAdded = 0;
      data = null;
      logPx = null;
    }
  }

  private ScoreRows message() {
    ScoreRows.Builder rows =
        ScoreRows.newBuilder()
            .setFirstFrame(nextFrame - messageRows)
            .setNumRows(messageRows)
            .setNumColumns(columnsSent)
            .setFormat(request.format())
            .setData(data.bytes());
    if (request.wantLogPx()) {
      rows.setLogPx(PackedFloats.pack(logPx, 0, logPx.length));
    }
    return rows.build();
  }

  /**
   * Gives out the messages with the rows that were added, and keeps none of them.
   *
   * @param missing names of the parts of the model that took no part in them
   */
  List<ScoreRows> messages(List<String> missing) {
    List<ScoreRows> given =
        messages.stream()
            .map(
                rows ->
                    missing.isEmpty()
                        ? rows
                        : rows.toBuilder().addAllMissingModels(missing).build())
            .toList();
    messages.clear();
    return given;
  }
}
