package org.stjem.frontend.kaldi;

import org.stjem.frontend.io.StjemException;

/**
 * A parsed wspecifier such as {@code ark,scp:feats.ark,feats.scp} (util/kaldi-table.cc).
 *
 * @param archive wxfilename of the archive, or null
 * @param script wxfilename of the script file written beside the archive, rxfilename of the script
 *     file to obey if there is no archive, or null
 * @param binary false with {@code t}
 * @param flush {@code f}: every entry is flushed
 * @param permissive {@code p}: keys that the script file lacks are dropped, and the exit status of
 *     an output pipe is ignored
 */
record Wspecifier(
    String archive, String script, boolean binary, boolean flush, boolean permissive) {
  private static final String KIND = "wspecifier";

  static Wspecifier parse(String specifier) {
    boolean archive = false;
    boolean script = false;
    boolean binary = true;
    boolean flush = false;
    boolean permissive = false;
    for (String option : Specifiers.options(KIND, specifier)) {
      switch (option) {
        case "ark" -> {
          if (archive || script) {
            throw new StjemException(
                KIND + " '" + specifier + "' must name ark once, and before scp");
          }
          archive = true;
        }
        case "scp" -> {
          if (script) {
            throw new StjemException(KIND + " '" + specifier + "' names scp more than once");
          }
          script = true;
        }
        case "b" -> binary = true;
        case "t" -> binary = false;
        case "f" -> flush = true;
        case "nf" -> flush = false;
        case "p" -> permissive = true;
        default ->
            throw Specifiers.unknownOption(KIND, specifier, option, "ark, scp, b, t, f, nf, p");
      }
    }
    String rest = Specifiers.afterColon(specifier);
    if (archive && script) {
      int comma = rest.indexOf(',');
      if (comma < 0) {
        throw new StjemException(
            KIND + " '" + specifier + "' needs an archive and a script file, divided by a comma");
      }
      return new Wspecifier(
          rest.substring(0, comma), rest.substring(comma + 1), binary, flush, permissive);
    }
    if (!archive && !script) {
      throw new StjemException(KIND + " '" + specifier + "' has neither ark nor scp before ':'");
    }
    return new Wspecifier(archive ? rest : null, script ? rest : null, binary, flush, permissive);
  }
}
