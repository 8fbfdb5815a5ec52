package org.stjem.acoustic.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.TrainingStatus;

class DensityWatchTest {
  private final DensityWatch watch = new DensityWatch();

  private static TrainingStatus status(double data, double samples) {
    double none = Double.NaN;
    return new TrainingStatus(
        1,
        10,
        1,
        0.1,
        1,
        1,
        1,
        none,
        none,
        none,
        none,
        data,
        samples,
        none,
        0.5,
        new float[0],
        0.5,
        1,
        1,
        List.of(),
        1,
        0.5,
        0.1,
        1,
        1);
  }

  private boolean warnsAfter(int reports, double data, double samples) {
    boolean warned = false;
    for (int i = 0; i < reports; i++) {
      warned |= watch.after(status(data, samples)).isPresent();
    }
    return warned;
  }

  @Test
  void warnsOnce_whenSamplesHaveStoodAboveForFiveReports() {
    assertThat(warnsAfter(4, 5, 6)).isFalse();
    assertThat(watch.after(status(4.625, 10.6)))
        .get()
        .asString()
        .contains("for 5 reports", "data 4.63, samples 10.60", "--objective=st-jem-row");
    assertThat(warnsAfter(50, 5, 6)).isFalse();
  }

  @Test
  void warnsAgain_onlyAfterTheDataHaveStoodAboveInBetween() {
    assertThat(warnsAfter(4, 5, 6)).isFalse();
    assertThat(warnsAfter(1, 6, 5)).isFalse();
    assertThat(warnsAfter(4, 5, 6)).isFalse();
    assertThat(warnsAfter(1, 5, 6)).isTrue();
    assertThat(warnsAfter(1, 6, 5)).isFalse();
    assertThat(warnsAfter(5, 5, 6)).isTrue();
  }

  @Test
  void trainingWithoutSamples_isNotWarnedOf() {
    assertThat(warnsAfter(20, 5, Double.NaN)).isFalse();
  }
}
