package org.stjem.combine.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.combine.MixtureModel;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;

/**
 * A mixture of model folders that hears audio.
 *
 * @param name for messages
 * @param model the mixture, which whoever opened it closes
 * @param frontend the features of all its members
 */
record LocalMixture(String name, MixtureModel model, AudioFrontend frontend) {
  /** No member is slow that is computed here. */
  private static final Duration TIMEOUT = Duration.ofHours(1);

  /**
   * Reads the models.
   *
   * @param folders of two or more models
   * @throws StjemException if one cannot be read, they do not fit together, or they do not hear
   *     audio in the same way
   */
  static LocalMixture open(List<String> folders, CombinationArguments how, Placement placement) {
    int size = folders.size();
    if (size < 2) {
      throw new StjemException("--members needs two or more model folders, it has " + size);
    }
    how.combination(size);
    List<MixtureModel.Member> members = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) {
        members.add(
            new MixtureModel.Member(
                folders.get(i),
                ModelFolder.load(
                    ByteNames.path(folders.get(i)), placement, how.calibrations(size).get(i))));
      }
      MixtureModel model =
          new MixtureModel(members, settings(folders, members, how), System::nanoTime);
      return new LocalMixture(
          String.join("+", folders), model, frontend(folders, model.description()));
    } catch (RuntimeException e) {
      members.forEach(member -> member.model().close());
      throw e;
    }
  }

  private static MixtureModel.Settings settings(
      List<String> folders, List<MixtureModel.Member> members, CombinationArguments how) {
    int size = folders.size();
    List<Optional<PriorSettings>> stored =
        members.stream()
            .map(member -> member.model().priorSettings())
            .map(priors -> Optional.of(priors).filter(known -> known.classCounts().length > 0))
            .toList();
    return new MixtureModel.Settings(
        how.method(),
        how.weights(size),
        how.offsets(size),
        how.pooling(),
        how.mixtureCalibration(),
        how.priors(folders, stored),
        TIMEOUT,
        Optional.empty());
  }

  private static AudioFrontend frontend(List<String> folders, ModelDescription description) {
    List<Path> paths = folders.stream().map(ByteNames::path).toList();
    for (Path other : paths) {
      if (!AudioFrontend.sameStatistics(description, paths.get(0), other)) {
        throw new StjemException(
            "models "
                + paths.get(0)
                + " and "
                + other
                + " cannot hear the same audio: the statistics of their normalisation differ");
      }
    }
    try {
      return AudioFrontend.ofLoneUtterances(description, paths.get(0));
    } catch (StjemException e) {
      throw new StjemException("the mixture cannot hear audio: " + e.getMessage(), e);
    }
  }
}
