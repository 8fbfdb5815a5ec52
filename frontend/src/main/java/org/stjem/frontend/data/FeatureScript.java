package org.stjem.frontend.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.Tables;

/**
 * What a script file of features and its data directory tell of how the features were made:
 * make-fbank, like steps/make_fbank.sh, writes them as they come into archives {@code
 * raw_fbank_NAME.N.ark}, and the options into {@code conf/fbank.conf} beside {@code feats.scp}.
 */
public final class FeatureScript {
  /** An entry {@code KEY FOLDER/raw_fbank_NAME.N.ark:OFFSET}. */
  private static final Pattern RAW_ENTRY =
      Pattern.compile("\\s*\\S+\\s+(?:[^|\\s]*/)?raw_[^/|\\s]*\\.ark:\\d+\\S*\\s*");

  private final Path script;

  private FeatureScript(Path script) {
    this.script = script;
  }

  /** That of an rspecifier; empty if it names an archive or a pipe, of which nothing is known. */
  public static Optional<FeatureScript> of(String rspecifier) {
    return Tables.script(rspecifier).map(FeatureScript::new);
  }

  /**
   * Whether all features are as make-fbank made them, so without normalisation.
   *
   * @throws StjemException if the file cannot be read
   */
  public boolean isRaw() {
    // Latin-1 takes any bytes, and the names looked for are ASCII.
    try (BufferedReader lines = Files.newBufferedReader(script, StandardCharsets.ISO_8859_1)) {
      boolean any = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!RAW_ENTRY.matcher(line).matches()) {
          return false;
        }
        any = true;
      }
      return any;
    } catch (IOException e) {
      throw new StjemException("cannot read " + script + ": " + StjemException.reason(e), e);
    }
  }

  /** The file of the options that the features were made with, if it lies beside them. */
  public Optional<Path> options() {
    return beside("conf/fbank.conf");
  }

  /** A file of the data directory, if it is there. */
  public Optional<Path> beside(String name) {
    return Optional.of(script.resolveSibling(name)).filter(Files::isRegularFile);
  }

  /** The script file. */
  @Override
  public String toString() {
    return script.toString();
  }
}
