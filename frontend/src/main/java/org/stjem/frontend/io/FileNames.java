package org.stjem.frontend.io;

/** Names of files made of keys of tables. */
public final class FileNames {
  private FileNames() {}

  /** The key with {@code /} as {@code %2F} and {@code %} as {@code %25}: distinct keys stay so. */
  public static String ofKey(String key) {
    return key.replace("%", "%25").replace("/", "%2F");
  }
}
