package org.stjem.acoustic.net;

import org.stjem.frontend.kaldi.FloatMatrix;

/** Computes rows as soon as their context is complete. */
final class ContextLogitStream implements LogitStream {
  private final AcousticModel model;
  private final ContextBuffer buffer;

  ContextLogitStream(AcousticModel model) {
    this.model = model;
    this.buffer = new ContextBuffer(model.description());
  }

  @Override
  public FloatMatrix accept(FloatMatrix chunk) {
    buffer.append(chunk);
    return ready();
  }

  @Override
  public FloatMatrix finish() {
    buffer.finish();
    return ready();
  }

  private FloatMatrix ready() {
    int rows = buffer.rowsReady();
    return rows == 0
        ? new FloatMatrix(0, model.description().numPdfs())
        : model.logitsOfPadded(buffer.take(rows));
  }
}
