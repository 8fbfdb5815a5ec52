package org.stjem.frontend.io;

import java.nio.file.Path;

/** Names of files made of keys of tables. */
public final class FileNames {
  private FileNames() {}

  /**
   * The key with {@code /} as {@code %2F} and {@code %} as {@code %25}: distinct keys stay so.
   *
   * @param ending what follows the key, such as {@code .wav}
   */
  public static Path ofKey(String key, String ending) {
    return ByteNames.path(key.replace("%", "%25").replace("/", "%2F") + ending);
  }
}
