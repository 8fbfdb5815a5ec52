package org.stjem.frontend.kaldi;

import java.io.IOException;

/** Single 32-bit integers, such as numbers of frames (BasicHolder in util/kaldi-holder-inl.h). */
final class IntHolder implements Holder<Integer> {

  @Override
  public Integer read(KaldiInput in) throws IOException {
    if (in.readBinaryHeader()) {
      return in.readSizedInt32();
    }
    String word = in.readWordOfLine();
    if (word == null) {
      throw in.fault("expected an integer but the line is empty");
    }
    int value = IntVectorHolder.parse(in, word);
    String more = in.readWordOfLine();
    if (more != null) {
      throw in.fault("expected one integer on the line but found '" + KaldiInput.brief(more) + "'");
    }
    return value;
  }

  @Override
  public void write(KaldiOutput out, boolean binary, Integer value) throws IOException {
    if (binary) {
      out.writeBinaryHeader();
      out.writeSizedInt32(value);
    } else {
      out.writeText(value + " \n");
    }
  }
}
