package org.stjem.acoustic.net;

import java.util.List;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A model whose posteriors are calibrated; its log p(x) is that of the model as trained. */
final class CalibratedModel implements AcousticModel {
  private final AcousticModel model;
  private final PosteriorScaling scaling;

  CalibratedModel(AcousticModel model, PosteriorScaling scaling) {
    this.model = model;
    this.scaling = scaling;
  }

  @Override
  public ModelDescription description() {
    return model.description();
  }

  @Override
  public PriorSettings priorSettings() {
    return model.priorSettings();
  }

  @Override
  public Computation computation() {
    return model.computation();
  }

  @Override
  public FloatMatrix logits(FloatMatrix features) {
    return scaling.apply(model.logits(features));
  }

  @Override
  public FloatMatrix logitsOfPadded(FloatMatrix features) {
    return scaling.apply(model.logitsOfPadded(features));
  }

  @Override
  public List<FloatMatrix> logitsOfPadded(List<FloatMatrix> stretches) {
    return model.logitsOfPadded(stretches).stream().map(scaling::apply).toList();
  }

  @Override
  public void close() {
    model.close();
  }
}
