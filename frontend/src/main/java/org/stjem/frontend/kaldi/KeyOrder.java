package org.stjem.frontend.kaldi;

import java.util.Arrays;
import org.stjem.frontend.io.ByteText;

/** The order of keys and words in Kaldi: by their bytes, as with {@code LC_ALL=C}. */
public final class KeyOrder {
  private KeyOrder() {}

  /** Compares the bytes of two {@link ByteText}s; the order of Java's chars differs. */
  public static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) || Character.isSurrogate(y)
            ? Arrays.compareUnsigned(ByteText.encode(a), ByteText.encode(b))
            : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
