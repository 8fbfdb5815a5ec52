package org.stjem.frontend.kaldi;

import java.io.IOException;

/** The numbers of a model file, binary or text (ReadBasicType in base/io-funcs-inl.h). */
final class ModelNumbers {
  private ModelNumbers() {}

  static int readInt(KaldiInput in, boolean binary) throws IOException {
    return binary ? in.readSizedInt32() : IntVectorHolder.parse(in, in.readToken());
  }

  static void skipFloat(KaldiInput in, boolean binary) throws IOException {
    if (!binary) {
      in.readToken();
      return;
    }
    int size = in.read();
    if (size != Float.BYTES && size != Double.BYTES) {
      throw in.fault("expected byte 4 or 8 before a number but found " + KaldiInput.show(size));
    }
    in.readBytes(size);
  }
}
