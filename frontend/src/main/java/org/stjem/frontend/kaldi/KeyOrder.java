package org.stjem.frontend.kaldi;

/** The order of keys in Kaldi: by their UTF-8 bytes, as with {@code LC_ALL=C}. */
public final class KeyOrder {
  private KeyOrder() {}

  /** Compares by code points, whose order is that of UTF-8 bytes; UTF-16's order differs. */
  public static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
        return sameKind ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
