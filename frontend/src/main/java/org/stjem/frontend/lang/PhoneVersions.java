package org.stjem.frontend.lang;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The versions of a phone by its position in a word: {@code AA_B} at the beginning, {@code AA_E} at
 * the end, {@code AA_I} inside, {@code AA_S} alone; silence also has one outside of words, {@code
 * SIL}. Without dependence on position each phone is its only version.
 */
final class PhoneVersions {
  private final boolean positions;
  private final Map<String, List<String>> versions = new HashMap<>();

  PhoneVersions(PhoneLists lists, boolean positions) {
    this.positions = positions;
    List<String> suffixes = positions ? List.of("_B", "_E", "_I", "_S") : List.of("");
    List<String> silenceSuffixes = positions ? List.of("", "_B", "_E", "_I", "_S") : suffixes;
    lists.silence().forEach(list -> add(list, silenceSuffixes));
    lists.nonsilence().forEach(list -> add(list, suffixes));
  }

  private void add(List<String> phones, List<String> suffixes) {
    for (String phone : phones) {
      versions.put(phone, suffixes.stream().map(suffix -> phone + suffix).toList());
    }
  }

  /** All versions of all phones. */
  List<String> of(List<String> phones) {
    List<String> all = new ArrayList<>();
    phones.forEach(phone -> all.addAll(versions.get(phone)));
    return all;
  }

  /** All versions of all phones of all lists. */
  List<String> ofAll(List<List<String>> lists) {
    List<String> all = new ArrayList<>();
    lists.forEach(list -> all.addAll(of(list)));
    return all;
  }

  /** A pronunciation with the versions that its phones have there. */
  Pronunciation mark(Pronunciation entry) {
    if (!positions) {
      return entry;
    }
    List<String> phones = entry.phones();
    if (phones.size() == 1) {
      return entry.with(List.of(phones.get(0) + "_S"));
    }
    List<String> marked = new ArrayList<>();
    for (int i = 0; i < phones.size(); i++) {
      marked.add(phones.get(i) + (i == 0 ? "_B" : i == phones.size() - 1 ? "_E" : "_I"));
    }
    return entry.with(marked);
  }

  /** Where in a word a version stands, as {@code word_boundary.txt} calls it. */
  static String position(String version) {
    if (version.endsWith("_B")) {
      return "begin";
    }
    if (version.endsWith("_E")) {
      return "end";
    }
    if (version.endsWith("_I")) {
      return "internal";
    }
    return version.endsWith("_S") ? "singleton" : "nonword";
  }
}
