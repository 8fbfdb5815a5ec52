package org.stjem.acoustic.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.stjem.frontend.options.KaldiOptions;
import picocli.CommandLine.TypeConversionException;

/** Feature options by their Kaldi names: their hash, and how two sets of them differ. */
final class FeatureOptions {
  private FeatureOptions() {}

  /**
   * SHA-256 in lower-case hex over the lines {@code name=value}, sorted by name; empty for none.
   */
  static String hash(Map<String, String> options) {
    if (options.isEmpty()) {
      return "";
    }
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(options).forEach((name, value) -> lines.append(name + "=" + value + "\n"));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * One phrase for each option that both state with different values; {@code 20} and {@code 20.0},
   * {@code true} and {@code t} are the same value.
   */
  static List<String> differences(Map<String, String> model, Map<String, String> client) {
    List<String> differences = new ArrayList<>();
    new TreeMap<>(client)
        .forEach(
            (name, value) -> {
              String trained = model.get(name);
              if (trained != null && !equal(trained, value)) {
                differences.add(
                    "feature option "
                        + name
                        + " is "
                        + ClientText.shown(value)
                        + ", the model was trained with "
                        + trained);
              }
            });
    return differences;
  }

  private static boolean equal(String a, String b) {
    if (a.equals(b)) {
      return true;
    }
    return same(KaldiOptions::toBoolean, a, b) || same(KaldiOptions::toDouble, a, b);
  }

  private static <T> boolean same(Function<String, T> conversion, String a, String b) {
    try {
      return conversion.apply(a).equals(conversion.apply(b));
    } catch (TypeConversionException e) {
      return false;
    }
  }
}
