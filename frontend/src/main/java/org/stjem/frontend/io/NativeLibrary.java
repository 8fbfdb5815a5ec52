package org.stjem.frontend.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  private static final String MADE_ANEW =
      "remove %s folder, which the next start or a new installation makes anew";

  private static final int ELF_HEADER_BYTES = 64;
  private static final int ELF_MAGIC = 0x7F454C46;
  private static final int SECTION_TABLE_OFFSET = 40;
  private static final int SECTION_SIZE_OFFSET = 58;
  private static final int SECTION_COUNT_OFFSET = 60;

  /** Folders below the library's that are looked into, such as that of a version. */
  private static final int DEPTH = 2;

  /**
   * Looks whether its files are whole, for the loader maps one that was cut off all the same, and
   * the process dies when it reads beyond the end.
   *
   * @throws StjemException if one ends early; names it
   */
  public void requireWhole() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      files
          .filter(
              file -> file.getFileName().toString().contains(".so") && Files.isRegularFile(file))
          .filter(file -> !isWhole(file))
          .findFirst()
          .ifPresent(
              file -> {
                throw new StjemException(
                    name
                        + "'s native library "
                        + file
                        + " was cut off; "
                        + MADE_ANEW.formatted("its"));
              });
    } catch (IOException | UncheckedIOException e) {
      // What cannot be looked at cannot be loaded either, and that is told then.
    }
  }

  /** Whether a file of ELF's 64-bit form goes on to the end of its table of sections. */
  private static boolean isWhole(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = ByteBuffer.allocate(ELF_HEADER_BYTES);
      while (header.hasRemaining() && channel.read(header) >= 0) {}
      if (header.hasRemaining() || header.getInt(0) != ELF_MAGIC) {
        return false;
      }
      header.order(ByteOrder.LITTLE_ENDIAN);
      long sections = (long) header.getShort(SECTION_COUNT_OFFSET) & 0xFFFF;
      long size = (long) header.getShort(SECTION_SIZE_OFFSET) & 0xFFFF;
      return channel.size() >= header.getLong(SECTION_TABLE_OFFSET) + sections * size;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Why the library cannot be used, and what to do: one sentence.
   *
   * @param fault what loading it threw
   */
  public String unusable(Throwable fault) {
    Throwable cause = cause(fault);
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

  /**
   * Whether {@code fault}, which loading a library threw, is that a file cannot be made or read.
   */
  public static boolean isOfFiles(Throwable fault) {
    return cause(fault) instanceof FileSystemException;
  }

  private static Throwable cause(Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null && !(cause instanceof UnsatisfiedLinkError)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private String remedy(Throwable cause, String reason) {
    Matcher glibc = GLIBC.matcher(reason);
    if (glibc.find()) {
      return "this system is too old for it: " + glibc.group(1) + " is needed";
    }
    if (DAMAGED.matcher(reason).find()) {
      return "the file is damaged; " + MADE_ANEW.formatted("the");
    }
    if (reason.contains("not found at")) {
      return "the installation is incomplete; build or install it again";
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
