package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.stjem.proto.v1.Audio;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.NumberFormat;

/** The bytes of one message of features or audio, and how they are packed if they are features. */
record Chunk(ByteString data, NumberFormat format) {

  /**
   * Checks a message of features, but not their values.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT if size and shape do not fit
   */
  static Chunk of(Features features, ModelInfo model) {
    int dim = model.getFeatureDim();
    if (features.getDim() != dim) {
      throw refused(
          "features have dimension "
              + Integer.toUnsignedString(features.getDim())
              + ", model '"
              + model.getName()
              + "' takes "
              + dim);
    }
    int valueBytes = PackedFloats.bytes(features.getFormat());
    if (valueBytes == 0) {
      throw refused("no number format " + features.getFormatValue());
    }
    long frames = Integer.toUnsignedLong(features.getNumFrames());
    if (features.getData().size() != valueBytes * frames * dim) {
      throw refused(
          frames
              + " frames of dimension "
              + dim
              + " are "
              + valueBytes * frames * dim
              + " bytes, not "
              + features.getData().size());
    }
    return new Chunk(features.getData(), features.getFormat());
  }

  /**
   * Checks a message of audio.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT if it ends within a sample
   */
  static Chunk of(Audio audio) {
    int bytes = audio.getSamples().size();
    if (bytes % Short.BYTES != 0) {
      throw refused(bytes + " bytes are not a whole number of 16-bit samples");
    }
    return new Chunk(audio.getSamples(), NumberFormat.NUMBER_FORMAT_UNSPECIFIED);
  }

  private static StatusRuntimeException refused(String sentence) {
    return Status.INVALID_ARGUMENT.withDescription(sentence).asRuntimeException();
  }
}
