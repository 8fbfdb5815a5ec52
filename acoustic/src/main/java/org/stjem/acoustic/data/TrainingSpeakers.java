package org.stjem.acoustic.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.stjem.frontend.data.FeatureScript;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.Checksums;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The speakers that a model was trained on, so that it can be told whether others are held out. The
 * model folder keeps them as {@code speakers.sha256}: the SHA-256 of the bytes of each speaker's
 * name, a line each, sorted. Names stay private as far as they cannot be guessed.
 */
public final class TrainingSpeakers {
  private static final String FILE = "speakers.sha256";

  private TrainingSpeakers() {}

  /**
   * Notes the speakers of the training features in the folder of the model, if {@code utt2spk} lies
   * beside their script file; otherwise they are unknown, and earlier ones are forgotten.
   */
  public static void note(Path folder, String rspecifier) throws IOException {
    Optional<Set<String>> speakers = speakers(rspecifier);
    if (speakers.isEmpty()) {
      Files.deleteIfExists(folder.resolve(FILE));
      return;
    }
    TreeSet<String> hashes = new TreeSet<>();
    speakers.get().forEach(speaker -> hashes.add(hash(speaker)));
    AtomicFile.writeString(folder.resolve(FILE), String.join("\n", hashes) + "\n");
  }

  /**
   * Says which speakers of other features the model was trained on.
   *
   * @return a sentence; none if there are none, or the speakers of either are unknown
   */
  public static Optional<String> shared(Path folder, String rspecifier) throws IOException {
    Optional<Set<String>> speakers = speakers(rspecifier);
    if (speakers.isEmpty() || !Files.exists(folder.resolve(FILE))) {
      return Optional.empty();
    }
    Set<String> known = new TreeSet<>(TextFile.lines(folder.resolve(FILE)));
    TreeSet<String> shared = new TreeSet<>();
    speakers.get().stream().filter(speaker -> known.contains(hash(speaker))).forEach(shared::add);
    return shared.isEmpty()
        ? Optional.empty()
        : Optional.of(
            shared.size()
                + " of the "
                + speakers.get().size()
                + " speakers of "
                + rspecifier
                + " are speakers that model "
                + folder
                + " was trained on, such as "
                + shared.first());
  }

  private static Optional<Set<String>> speakers(String rspecifier) throws IOException {
    Optional<Path> file = FeatureScript.of(rspecifier).flatMap(script -> script.beside("utt2spk"));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Set<String> speakers = new TreeSet<>();
    for (String line : TextFile.lines(file.get())) {
      String[] fields = ByteText.words(line);
      if (fields.length != 2) {
        throw new StjemException(
            file.get() + ": expected 'utterance speaker', found '" + line + "'");
      }
      speakers.add(fields[1]);
    }
    return Optional.of(speakers);
  }

  private static String hash(String speaker) {
    return Checksums.sha256(ByteBuffer.wrap(ByteText.encode(speaker)));
  }
}
