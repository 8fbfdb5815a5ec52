package org.stjem.acoustic.serving;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * A model read from its folder.
 *
 * @param fingerprint SHA-256 in lower-case hex over description, weights and calibration
 * @param audio its features from audio, if the folder says how they are made
 */
public record LoadedModel(AcousticModel model, String fingerprint, Optional<AudioFrontend> audio) {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

  /** How models are read. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Reads the model of a folder.
     *
     * @throws StjemException if the folder holds no model, or a damaged one
     */
    LoadedModel load(Path folder);
  }

  /** Reads models to where they are computed. */
  public static Loader to(Placement placement) {
    return to(placement, null);
  }

  /**
   * Reads one head of each model.
   *
   * @param head its name; null for the first one
   */
  public static Loader to(Placement placement, String head) {
    return folder -> {
      ModelFolder.check(folder);
      FileStamp stamp = FileStamp.ofModel(folder);
      // Beside the reading, since a server is to be ready soon.
      CompletableFuture<String> fingerprint =
          CompletableFuture.supplyAsync(() -> fingerprint(folder, head));
      AcousticModel model = ModelFolder.load(folder, head, placement, ModelFolder.OWN_CALIBRATION);
      try {
        String digits = result(fingerprint);
        if (!stamp.equals(FileStamp.ofModel(folder))) {
          throw new StjemException(folder + " changed while it was read");
        }
        return of(model, digits, folder);
      } catch (RuntimeException | Error e) {
        model.close();
        throw e;
      }
    };
  }

  private static String result(CompletableFuture<String> fingerprint) {
    try {
      return fingerprint.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StjemException fault) {
        throw fault;
      }
      throw e;
    }
  }

  /**
   * A model made of several others. It takes audio if one frontend fits them all.
   *
   * @param folders of the others; one that is elsewhere counts as a folder without files
   */
  public static LoadedModel of(AcousticModel model, String fingerprint, List<Path> folders) {
    for (Path folder : folders) {
      if (!AudioFrontend.sameStatistics(model.description(), folders.get(0), folder)) {
        LOG.info(
            "a mixture is served for features only: the normalisation of {} and {} differs",
            folders.get(0),
            folder);
        return new LoadedModel(model, fingerprint, Optional.empty());
      }
    }
    return of(model, fingerprint, folders.get(0));
  }

  /** A model that is in memory already. */
  static LoadedModel of(AcousticModel model, String fingerprint, Path folder) {
    Optional<AudioFrontend> audio = Optional.empty();
    try {
      audio = Optional.of(AudioFrontend.of(model.description(), folder));
    } catch (StjemException e) {
      LOG.info("{} is served for features only: {}", folder, e.getMessage());
    }
    return new LoadedModel(model, fingerprint, audio);
  }

  /**
   * The fingerprint of a folder, as servers tell it.
   *
   * @throws StjemException if the folder's files cannot be read
   */
  public static String fingerprint(Path folder) {
    return fingerprint(folder, null);
  }

  /**
   * The fingerprint of one head of a folder's model; the first one's is the folder's.
   *
   * @throws StjemException if the folder's files cannot be read, or there is no such head
   */
  public static String fingerprint(Path folder, String head) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ModelFolder.check(folder);
      for (Path file : ModelFolder.files(folder)) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      if (head != null && !head.equals(ModelFolder.describe(folder).head())) {
        digest.update(ByteText.encode(ModelFolder.describe(folder, head).head()));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new StjemException(
          folder + " is not a model folder: cannot read it: " + StjemException.reason(e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
