package org.stjem.frontend.io;

import java.util.Arrays;

/**
 * Work with Java's desktop libraries (java.awt, ImageIO). Servers often lack part of them: the
 * native libraries, libfreetype, fontconfig or any font. That shows only when a class is loaded or
 * a word drawn, as an error of the virtual machine or a fault from within the font classes.
 */
public final class DesktopLibrary {
  private DesktopLibrary() {}

  /** Something that is drawn or decoded; may throw what {@code E} is. */
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Draws.
   *
   * @throws StjemException if a library or all fonts are missing; says so
   */
  public static <T, E extends Exception> T draw(Work<T, E> work) throws E {
    return run(
        work,
        "no picture can be drawn on this machine",
        "install libfreetype6, fontconfig and fonts-dejavu-core, or where a command offers it write"
            + " a FILE.svg, which needs none of them");
  }

  /**
   * Decodes a picture.
   *
   * @throws StjemException if a library is missing; says so
   */
  public static <T, E extends Exception> T decode(Work<T, E> work) throws E {
    return run(
        work,
        "no picture of this kind can be decoded on this machine",
        "install a JDK or JRE that has java.desktop with its native libraries, and liblcms2-2 and"
            + " libjpeg");
  }

  private static <T, E extends Exception> T run(Work<T, E> work, String what, String remedy)
      throws E {
    try {
      return work.run();
    } catch (LinkageError | InternalError e) {
      throw missing(what, remedy, e);
    } catch (RuntimeException e) {
      if (isOfFonts(e)) {
        throw missing(what, remedy, e);
      }
      throw e;
    }
  }

  private static StjemException missing(String what, String remedy, Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new StjemException(
        what + ", for Java lacks a library or fonts (" + reason + "); " + remedy, fault);
  }

  /** Without any font the font classes throw whatever comes: null pointers among others. */
  private static boolean isOfFonts(RuntimeException fault) {
    return Arrays.stream(fault.getStackTrace())
        .map(StackTraceElement::getClassName)
        .anyMatch(name -> name.startsWith("sun.font.") || name.startsWith("sun.awt.Font"));
  }
}
