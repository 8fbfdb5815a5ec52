package org.stjem.acoustic.monitor;

import java.util.Locale;
import java.util.Optional;
import org.stjem.acoustic.ebm.TrainingStatus;

/** Notices, while a training runs, that its samples have stood above its data for long. */
final class DensityWatch {
  /** Reports in a row that are long: a tenth of a training's usual fifty. */
  private static final int LONG = 5;

  private int above;
  private boolean told;

  /** What the user should know after this report; once for each time that the samples rise. */
  Optional<String> after(TrainingStatus status) {
    if (!(status.sampleScore() > status.dataScore())) {
      above = 0;
      told = false;
      return Optional.empty();
    }
    above++;
    if (told || above < LONG) {
      return Optional.empty();
    }
    told = true;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "samples have stood above the data for %d reports (log p(x) + const: data %.2f, samples"
                + " %.2f); if that lasts, log p(x) will be upside down. %s.",
            above,
            status.dataScore(),
            status.sampleScore(),
            DensityFit.REMEDY));
  }
}
