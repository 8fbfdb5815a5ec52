package org.stjem.frontend.kaldi;

import java.io.IOException;

/** The numbers of a model file, binary or text (ReadBasicType in base/io-funcs-inl.h). */
final class ModelNumbers {
  private ModelNumbers() {}

  static int readInt(KaldiInput in, boolean binary) throws IOException {
    return binary ? in.readSizedInt32() : IntVectorHolder.parse(in, in.readToken());
  }

  static float readFloat(KaldiInput in, boolean binary) throws IOException {
    if (!binary) {
      String token = in.readToken();
      try {
        return (float) TextNumbers.parseFloat(token);
      } catch (NumberFormatException e) {
        throw in.fault("expected a number but found '" + KaldiInput.brief(token) + "'");
      }
    }
    int size = in.read();
    return switch (size) {
      case Float.BYTES -> in.readFloat32();
      case Double.BYTES -> (float) in.readDoubles(1)[0];
      default ->
          throw in.fault("expected byte 4 or 8 before a number but found " + KaldiInput.show(size));
    };
  }
}
