package org.stjem.frontend.io;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Names of files, shell commands and arguments of programs whose bytes are those of a {@link
 * ByteText}, whatever the locale. Java encodes them in the locale's encoding and cannot express
 * what that lacks; its URIs of files, Linux' list of arguments and {@code printf} hold any byte.
 */
public final class ByteNames {
  private static final String ROOT = "file:///";
  private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");

  private ByteNames() {}

  /**
   * The file of that name.
   *
   * @throws InvalidPathException if the name holds a zero
   */
  public static Path path(String name) {
    if (isAscii(name)) {
      return Path.of(name);
    }
    StringBuilder uri = new StringBuilder(ROOT);
    for (byte b : ByteText.encode(name)) {
      boolean plain = Character.isLetterOrDigit(b) && b > 0 || "/._-~".indexOf(b) >= 0;
      uri.append(plain ? (char) b : "%" + String.format(Locale.ROOT, "%02X", b));
    }
    try {
      String normal = uri.substring(ROOT.length()).replaceAll("/+", "/").replaceFirst("^/", "");
      Path path = Path.of(URI.create(ROOT + normal));
      return name.startsWith("/") ? path : path.subpath(0, path.getNameCount());
    } catch (InvalidPathException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidPathException(ByteText.shown(name), "Nul character not allowed");
    }
  }

  /**
   * The file of that name in {@code folder}.
   *
   * @throws InvalidPathException if the name holds a zero
   */
  public static Path resolve(Path folder, String name) {
    return folder.resolve(path(name));
  }

  /** The name of a file, as {@link #path} takes it: {@code toString} may have lost bytes of it. */
  public static String of(Path path) {
    String name = path.toString();
    if (isAscii(name)) {
      return name;
    }
    Path absolute = Path.of("/").resolve(path);
    byte[] uri = absolute.toUri().getRawPath().getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[uri.length];
    int n = 0;
    for (int i = 0; i < uri.length; i++) {
      if (uri[i] == '%') {
        bytes[n++] =
            (byte) Integer.parseInt(new String(uri, i + 1, 2, StandardCharsets.US_ASCII), 16);
        i += 2;
      } else {
        bytes[n++] = uri[i];
      }
    }
    // A URI of a folder ends in a slash.
    n -= n > 1 && bytes[n - 1] == '/' ? 1 : 0;
    int start = path.isAbsolute() ? 0 : 1;
    return ByteText.decode(bytes, start, n - start);
  }

  /** The arguments of {@code sh} that make it run {@code command}. */
  public static List<String> shell(String command) {
    if (isAscii(command)) {
      return List.of("sh", "-c", command);
    }
    StringBuilder octal = new StringBuilder();
    for (byte b : ByteText.encode(command)) {
      boolean plain = b >= ' ' && b != '\\' && b != '\'';
      octal.append(plain ? (char) b : String.format(Locale.ROOT, "\\0%03o", b));
    }
    return List.of("sh", "-c", "exec sh -c \"$(printf %b '" + octal + "')\"");
  }

  /**
   * The arguments that this program was started with.
   *
   * @param decoded the same, as Java decoded them; they are the answer where the system does not
   *     tell the bytes
   */
  public static String[] arguments(String... decoded) {
    byte[] line;
    try {
      line = Files.readAllBytes(ARGUMENTS);
    } catch (IOException e) {
      return decoded;
    }
    List<String> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        all.add(ByteText.decode(line, start, i - start));
        start = i + 1;
      }
    }
    if (all.size() < decoded.length) {
      return decoded;
    }
    List<String> own = all.subList(all.size() - decoded.length, all.size());
    for (int i = 0; i < decoded.length; i++) {
      if (isAscii(own.get(i)) && !own.get(i).equals(decoded[i])) {
        return decoded;
      }
    }
    return own.toArray(new String[0]);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
