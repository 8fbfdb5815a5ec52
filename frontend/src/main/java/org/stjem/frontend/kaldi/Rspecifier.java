package org.stjem.frontend.kaldi;

import org.stjem.frontend.io.StjemException;

/**
 * A parsed rspecifier such as {@code s,cs,ark:gunzip -c ali.gz|} (util/kaldi-table.cc).
 *
 * @param archive true for {@code ark}, false for {@code scp}
 * @param rxfilename what stands behind the colon
 * @param once {@code o}: each key is asked for once
 * @param sorted {@code s}: the keys of the table are in byte order
 * @param calledSorted {@code cs}: keys are asked for in byte order
 * @param permissive {@code p}: missing or broken entries count as absent
 * @param background {@code bg}: entries are read ahead by a thread
 */
record Rspecifier(
    boolean archive,
    String rxfilename,
    boolean once,
    boolean sorted,
    boolean calledSorted,
    boolean permissive,
    boolean background) {
  private static final String KIND = "rspecifier";

  static Rspecifier parse(String specifier) {
    boolean archive = false;
    boolean script = false;
    boolean once = false;
    boolean sorted = false;
    boolean calledSorted = false;
    boolean permissive = false;
    boolean background = false;
    for (String option : Specifiers.options(KIND, specifier)) {
      switch (option) {
        case "ark", "scp" -> {
          if (archive || script) {
            throw new StjemException(
                KIND + " '" + specifier + "' names ark or scp more than once; it must name one");
          }
          archive = option.equals("ark");
          script = !archive;
        }
        case "o" -> once = true;
        case "no" -> once = false;
        case "s" -> sorted = true;
        case "ns" -> sorted = false;
        case "cs" -> calledSorted = true;
        case "ncs" -> calledSorted = false;
        case "p" -> permissive = true;
        case "np" -> permissive = false;
        case "bg" -> background = true;
        // The form is seen from the data; the options exist so that one text serves both ways.
        case "b", "t" -> {}
        default ->
            throw Specifiers.unknownOption(
                KIND, specifier, option, "ark, scp, o, no, s, ns, cs, ncs, p, np, bg, b, t");
      }
    }
    if (!archive && !script) {
      throw new StjemException(KIND + " '" + specifier + "' has neither ark nor scp before ':'");
    }
    return new Rspecifier(
        archive,
        Specifiers.afterColon(specifier),
        once,
        sorted,
        calledSorted,
        permissive,
        background);
  }
}
