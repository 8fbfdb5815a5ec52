package org.stjem.acoustic.serving;

import java.util.List;
import org.stjem.acoustic.net.ContextBuffer;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStarted;

/**
 * One utterance on its way through a model: chunks of input become stretches for the network, and
 * its logits the messages that the client asked for. Knows nothing of the transport. Not
 * thread-safe.
 */
final class Utterance {
  private final ServedModel model;
  private final UtteranceRequest request;
  private final FrameSource source;
  private final ContextBuffer buffer;
  private final RowPacker packer;

  /** Whether all input has been used. */
  private boolean drained;

  private long rowsSent;

  /**
   * An utterance of which nothing has come yet.
   *
   * @param model that scores it, which outlives this
   * @param key of the utterance, from which the dither of audio features follows
   * @param held what features that are held back take of the memory for such
   */
  Utterance(ServedModel model, UtteranceRequest request, String key, MemoryShare held) {
    this.model = model;
    this.request = request;
    ModelInfo info = model.info();
    buffer = new ContextBuffer(model.description(), request.firstFrame(), request.nextFrame());
    packer =
        new RowPacker(
            model.priors(),
            request,
            info.getNumPdfs(),
            StreamServices.MESSAGE_BYTES,
            StreamServices.TURN_BYTES);
    // Last, since it must be closed.
    source =
        request.audio()
            ? model.audio().orElseThrow().open(key, held)
            : new FeatureSource(info.getFeatureDim(), request.firstFrame());
  }

  /** Whether audio is awaited, not features. */
  boolean audio() {
    return request.audio();
  }

  /** The first answer; the number of the stream and its secret are for the caller to add. */
  ScoreStarted.Builder started() {
    ModelInfo info = model.info();
    int columns = request.columns().size();
    return ScoreStarted.newBuilder()
        .setModelName(info.getName())
        .setModelVersion(info.getVersion())
        .setFingerprint(info.getFingerprint())
        .setNumColumns(columns == 0 ? info.getNumPdfs() : columns)
        .setFrameSubsamplingFactor(info.getFrameSubsamplingFactor())
        .setLeftContext(info.getLeftContext());
  }

  /** The last answer. */
  ScoreFinal last() {
    return ScoreFinal.newBuilder()
        .setNumFrames(source.frames())
        .setNumRows(rowsSent)
        .setNumSamples(source.samples())
        .setModelName(model.info().getName())
        .setModelVersion(model.info().getVersion())
        .build();
  }

  /** Frames received. */
  long frames() {
    return source.frames();
  }

  /** Rows that can be computed of the input that has been used. */
  int rowsReady() {
    return buffer.rowsReady();
  }

  /** Rows that its next turn can compute, about; no more than a turn computes. */
  int rowsOfNextTurn(Chunk chunk, int chunkUsed, boolean ended) {
    int rows = buffer.rowsReady();
    if (chunk != null) {
      rows += source.framesIn(chunk, chunkUsed);
    } else if (ended) {
      rows += source.framesOwed() + model.info().getRightContext();
    }
    return Math.min(rows, packer.rowsPerTurn());
  }

  /** So many rows, but no more than one turn computes. */
  int ofOneTurn(int rows) {
    return Math.min(rows, packer.rowsPerTurn());
  }

  /** Frames that give so many rows, with their context. */
  int framesFor(int rows) {
    return rows + model.info().getLeftContext() + model.info().getRightContext();
  }

  /** Frames in the part of a chunk that has not been used. */
  int framesIn(Chunk chunk, int chunkUsed) {
    return source.framesIn(chunk, chunkUsed);
  }

  /**
   * Uses input.
   *
   * @param chunkUsed bytes of the chunk that have been used
   * @return bytes of it that are used now
   */
  int use(Chunk chunk, int chunkUsed, int maxFrames) {
    return chunkUsed + source.read(chunk, chunkUsed, maxFrames, buffer);
  }

  /** Uses what is owed after the last input, at most so many frames of it. */
  void finish(int maxFrames) {
    if (!source.finish(maxFrames, buffer)) {
      buffer.finish();
      drained = true;
    }
  }

  /** Whether all input has been used. */
  boolean isDrained() {
    return drained;
  }

  /** Whether all rows have been computed. */
  boolean isComplete() {
    return drained && buffer.rowsReady() == 0;
  }

  /** Takes the stretch for so many rows that are ready. */
  FloatMatrix take(int rows) {
    return buffer.take(rows);
  }

  /** As {@link Turn#begin}. */
  void begin(int rows) {
    packer.begin(rows, request.nextFrame() + rowsSent);
  }

  /** As {@link RowPacker#add}. */
  void add(float[] logits, int at) {
    packer.add(logits, at);
  }

  /** As {@link RowPacker#messages}. */
  List<ScoreRows> messages(List<String> missing) {
    return packer.messages(missing);
  }

  /** Takes note that rows were sent. */
  void sent(int rows) {
    rowsSent += rows;
    model.metrics().sent(rows);
  }

  /** Gives back what input takes of the memory for features that are held back. */
  void close() {
    source.close();
  }
}
