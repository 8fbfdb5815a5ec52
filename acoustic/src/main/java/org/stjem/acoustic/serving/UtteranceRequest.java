package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.BitSet;
import java.util.List;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.NumberFormat;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

/**
 * What a client wants of one utterance, checked against the model that will score it.
 *
 * @param kind what the columns hold
 * @param priorScale factor of the log priors
 * @param wantLogPx whether log p(x) of each frame is wanted
 * @param format how rows are packed
 * @param columns the pdf-ids of the columns, or empty for all
 * @param audio whether audio follows, not features
 * @param firstFrame index of the first feature frame that follows
 * @param nextFrame index of the frame whose row is wanted first
 */
record UtteranceRequest(
    OutputKind kind,
    double priorScale,
    boolean wantLogPx,
    NumberFormat format,
    List<Integer> columns,
    boolean audio,
    long firstFrame,
    long nextFrame) {

  /** Differences from a model in one sentence, which must find room among a call's trailers. */
  private static final int MOST_LISTED = 3;

  private static final int LARGEST_PRIOR_SCALE = PriorSettings.LARGEST_SCALE;

  /**
   * Checks a start message.
   *
   * @throws StatusRuntimeException saying why the model cannot do what it asks for
   */
  static UtteranceRequest of(ScoreStart start, ModelInfo model) {
    List<String> differences = Expectations.differences(start, model);
    if (!differences.isEmpty()) {
      throw refused(
          Status.FAILED_PRECONDITION,
          "model '" + model.getName() + "' does not fit: " + listed(differences));
    }
    double priorScale = start.hasPriorScale() ? start.getPriorScale() : ofModel(model);
    if (!(Math.abs(priorScale) <= LARGEST_PRIOR_SCALE)) {
      throw refused(
          Status.INVALID_ARGUMENT,
          "prior_scale is "
              + priorScale
              + ", it must be from -"
              + LARGEST_PRIOR_SCALE
              + " to "
              + LARGEST_PRIOR_SCALE);
    }
    OutputKind kind = kind(start.getKind());
    if (kind == null) {
      throw refused(Status.INVALID_ARGUMENT, "no score kind " + start.getKindValue());
    }
    if (kind == OutputKind.LOGLIKES && !model.getHasPriors()) {
      throw refused(
          Status.FAILED_PRECONDITION,
          "model '" + model.getName() + "' has no class priors; ask for logits");
    }
    if (start.getRowFormat() == NumberFormat.UNRECOGNIZED) {
      throw refused(Status.INVALID_ARGUMENT, "no number format " + start.getRowFormatValue());
    }
    checkColumns(start.getPdfIdsList(), model.getNumPdfs());
    checkAudio(start, model);
    checkFrames(start, model);
    return new UtteranceRequest(
        kind,
        priorScale,
        start.getWantLogPx(),
        start.getRowFormat() == NumberFormat.NUMBER_FORMAT_UNSPECIFIED
            ? NumberFormat.NUMBER_FORMAT_FLOAT32
            : start.getRowFormat(),
        start.getPdfIdsList(),
        start.getAudioSampleRateHz() != 0,
        start.getFirstFrame(),
        start.getNextFrame());
  }

  private static String listed(List<String> differences) {
    int left = differences.size() - MOST_LISTED;
    return left <= 0
        ? String.join("; ", differences)
        : String.join("; ", differences.subList(0, MOST_LISTED)) + "; and " + left + " more";
  }

  private static double ofModel(ModelInfo model) {
    return model.hasPriorScale() ? model.getPriorScale() : PriorSettings.DEFAULT_SCALE;
  }

  private static OutputKind kind(ScoreKind kind) {
    return switch (kind) {
      case SCORE_KIND_UNSPECIFIED, SCORE_KIND_SCALED_LOG_LIKELIHOOD -> OutputKind.LOGLIKES;
      case SCORE_KIND_LOGIT -> OutputKind.LOGITS;
      case SCORE_KIND_LOG_POSTERIOR -> OutputKind.LOG_POSTERIORS;
      case UNRECOGNIZED -> null;
    };
  }

  private static void checkColumns(List<Integer> pdfs, int numPdfs) {
    BitSet seen = new BitSet();
    for (int pdf : pdfs) {
      if (pdf < 0 || pdf >= numPdfs) {
        throw refused(
            Status.INVALID_ARGUMENT,
            "pdf_ids holds "
                + Integer.toUnsignedString(pdf)
                + ", the model's are from 0 to "
                + (numPdfs - 1));
      }
      if (seen.get(pdf)) {
        throw refused(Status.INVALID_ARGUMENT, "pdf_ids holds " + pdf + " twice");
      }
      seen.set(pdf);
    }
  }

  private static void checkAudio(ScoreStart start, ModelInfo model) {
    int rate = start.getAudioSampleRateHz();
    if (rate == 0) {
      return;
    }
    if (model.getAudioSampleRateHz() == 0) {
      throw refused(
          Status.FAILED_PRECONDITION,
          "model '" + model.getName() + "' takes features only, no audio");
    }
    if (rate != model.getAudioSampleRateHz()) {
      throw refused(
          Status.FAILED_PRECONDITION,
          "the audio is sampled at "
              + Integer.toUnsignedString(rate)
              + " Hz, model '"
              + model.getName()
              + "' takes "
              + model.getAudioSampleRateHz()
              + " Hz");
    }
    if (start.getFirstFrame() != 0) {
      throw refused(Status.INVALID_ARGUMENT, "audio starts at the first sample, first_frame is 0");
    }
  }

  private static void checkFrames(ScoreStart start, ModelInfo model) {
    long first = start.getFirstFrame();
    long next = start.getNextFrame();
    boolean possible =
        next >= 0
            && first >= 0
            && (first == 0 || first <= next - model.getLeftContext())
            && next % model.getFrameSubsamplingFactor() == 0;
    if (!possible) {
      throw refused(
          Status.INVALID_ARGUMENT,
          "frames from first_frame="
              + Long.toUnsignedString(first)
              + " on do not give the row of next_frame="
              + Long.toUnsignedString(next)
              + ", which needs the "
              + model.getLeftContext()
              + " frames before it");
    }
  }

  private static StatusRuntimeException refused(Status status, String sentence) {
    return status.withDescription(sentence).asRuntimeException();
  }
}
