package org.stjem.frontend.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A library of machine code that is unpacked or downloaded into a folder before it is loaded; tells
 * why that failed.
 *
 * @param name of the library
 * @param folder where it lies or is unpacked to
 * @param folderSetting the environment variable or option that names another folder
 */
public record NativeLibrary(String name, Path folder, String folderSetting) {
  private static final Pattern GLIBC = Pattern.compile("`?(GLIBC(XX)?_[0-9.]+)'? not found");

  /** What the loader says of a file that was cut off or is something else. */
  private static final Pattern DAMAGED =
      Pattern.compile(
          "file too short|invalid ELF header|file data|cannot read|not an ELF|ELF load command"
              + "|cannot apply additional memory protection|section header");

  /**
   * Why the library cannot be used, and what to do: one sentence.
   *
   * @param fault what loading it threw
   */
  public String unusable(Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null && !(cause instanceof UnsatisfiedLinkError)) {
      cause = cause.getCause();
    }
    String reason =
        cause instanceof IOException io
            ? StjemException.reason(io)
            : String.valueOf(cause.getMessage());
    return name
        + "'s native library cannot be loaded from "
        + folder
        + " ("
        + reason
        + "); "
        + remedy(cause, reason);
  }

  private String remedy(Throwable cause, String reason) {
    Matcher glibc = GLIBC.matcher(reason);
    if (glibc.find()) {
      return "this system is too old for it: " + glibc.group(1) + " is needed";
    }
    if (DAMAGED.matcher(reason).find()) {
      return "the file is damaged; remove the folder, and the next start makes it anew";
    }
    if (cause instanceof UnsatisfiedLinkError) {
      return "it is for 64-bit x86 Linux with glibc; remove the folder to have it made anew";
    }
    if (cause instanceof FileSystemException || !isWritable(folder)) {
      return "make that folder writable, or name another by " + folderSetting;
    }
    return "it is not in this installation and cannot be downloaded; start once with a network, or"
        + " copy that folder from a machine that has it";
  }

  /** Whether files can be made there, or the folder itself can. */
  private static boolean isWritable(Path folder) {
    Path existing = folder.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
  }
}
