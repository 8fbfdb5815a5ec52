package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.io.StjemException;

/** Lines of words, such as transcripts or spk2utt; always text (util/kaldi-holder-inl.h). */
final class TokenVectorHolder implements Holder<List<String>> {
  /** What is wrong with text that is no token. */
  static final String NOT_A_TOKEN =
      "it is empty, or has white space, a control character or byte 255";

  @Override
  public List<String> read(KaldiInput in) throws IOException {
    List<String> words = new ArrayList<>();
    for (String word = in.readWordOfLine(); word != null; word = in.readWordOfLine()) {
      words.add(word);
    }
    return words;
  }

  @Override
  public void write(KaldiOutput out, boolean binary, List<String> words) throws IOException {
    for (String word : words) {
      if (!isToken(word)) {
        throw new StjemException("'" + word + "' is not a word: " + NOT_A_TOKEN);
      }
    }
    for (String word : words) {
      out.writeText(word + " ");
    }
    out.write('\n');
  }

  /**
   * Whether {@code text} can be a key or word: not empty, and without white space, control
   * characters and byte 255, which is white space to some systems (IsToken in util/text-utils.cc).
   */
  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.codePoints().noneMatch(c -> c <= ' ' || c == 0x7f || c == 0xdcff);
  }
}
