package org.stjem.frontend.reverb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSourceTest {
  private static final int RATE = 16000;
  private static final double[] ROOM = {6, 5, 3};
  private static final double[] MICROPHONE = {2.5, 2.1, 1.2};

  @Test
  void response_directPathAlone_isTheOnlySoundBeforeTheFirstReflection() {
    ImageSource images = new ImageSource(RATE);
    double[] source = {3.5, 2.1, 1.2};
    float[] response = images.response(ROOM, source, MICROPHONE, 0.4);

    assertThat(response[images.direct()]).isEqualTo(1f);
    for (int i = 0; i < images.direct() - 1; i++) {
      assertThat(response[i]).as("tap %d", i).isBetween(-0.02f, 0.02f);
    }
  }

  @Test
  void response_floorReflection_arrivesWhenAndAsLoudAsGeometrySays() {
    ImageSource images = new ImageSource(RATE);
    double[] source = {3.5, 2.1, 1.2};
    float[] response = images.response(ROOM, source, MICROPHONE, 0.4);

    double path = Math.hypot(1.0, 2.4);
    int arrival =
        images.direct() + (int) Math.round((path - 1.0) / ImageSource.SPEED_OF_SOUND * RATE);
    int loudest = images.direct() + 20;
    for (int i = loudest; i < arrival + 20; i++) {
      loudest = response[i] > response[loudest] ? i : loudest;
    }
    assertThat(loudest).isBetween(arrival - 1, arrival + 1);
    // Spreading gives 1/2.6 of the direct sound, the wall takes something of that.
    assertThat(response[loudest]).isBetween(0.15f, 0.39f);
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, NEAR, 16000", "SMALL, FAR, 16000", "MEDIUM, NEAR, 16000", "MEDIUM, FAR, 16000",
    "LARGE, NEAR, 16000", "LARGE, FAR, 16000", "LARGE, FAR, 8000", "SMALL, NEAR, 44100"
  })
  void bank_everyResponse_hasTheDecayTimeOfItsRoom(Room room, SourceDistance distance, int rate) {
    for (Rir rir : SimulatedRir.bank(List.of(room), List.of(distance), 3, 7)) {
      assertThat(rir.at(rate).t60()).isCloseTo(room.t60(), within(0.15 * room.t60()));
    }
  }

  /**
   * Measured apart from the class that the simulation corrects itself by, on what an utterance
   * would meet: a click in the room, over the range from -5 to -25 dB (T20) and to -35 dB (T30).
   */
  @ParameterizedTest
  @CsvSource({
    "SMALL, NEAR",
    "SMALL, FAR",
    "MEDIUM, NEAR",
    "MEDIUM, FAR",
    "LARGE, NEAR",
    "LARGE, FAR"
  })
  void bank_severalSeeds_schroederDecayOfAClickIsThatOfTheRoom(Room room, SourceDistance distance) {
    for (long seed = 1; seed <= 3; seed++) {
      for (Rir rir : SimulatedRir.bank(List.of(room), List.of(distance), 1, seed)) {
        float[] click = new float[RATE];
        click[100] = 1;
        float[] heard = rir.at(RATE).reverberate(click);
        assertThat(schroeder(heard, -35)).isCloseTo(room.t60(), within(0.15 * room.t60()));
        assertThat(schroeder(heard, -25)).isCloseTo(room.t60(), within(0.15 * room.t60()));
        int loudest = 0;
        for (int i = 0; i < heard.length; i++) {
          loudest = Math.abs(heard[i]) > Math.abs(heard[loudest]) ? i : loudest;
        }
        if (distance == SourceDistance.NEAR) {
          assertThat(loudest).isEqualTo(100);
        }
        assertThat(heard[100]).isEqualTo(1f, within(1e-4f));
        for (int i = 0; i < 100 - (int) (0.002 * RATE) - 1; i++) {
          assertThat(heard[i]).isEqualTo(0f, within(1e-4f));
        }
      }
    }
  }

  /** Seconds to fall by 60 dB, from where the energy still to come has fallen by 5 dB to there. */
  private static double schroeder(float[] heard, double toDb) {
    double[] remaining = new double[heard.length + 1];
    for (int i = heard.length - 1; i >= 0; i--) {
      remaining[i] = remaining[i + 1] + (double) heard[i] * heard[i];
    }
    int from = 0;
    while (10 * Math.log10(remaining[from] / remaining[0]) > -5) {
      from++;
    }
    int to = from;
    while (10 * Math.log10(remaining[to] / remaining[0]) > toDb) {
      to++;
    }
    double meanT = (from + to) / 2.0;
    double meanL = 0;
    for (int i = from; i <= to; i++) {
      meanL += 10 * Math.log10(remaining[i]) / (to - from + 1);
    }
    double covariance = 0;
    double variance = 0;
    for (int i = from; i <= to; i++) {
      covariance += (i - meanT) * (10 * Math.log10(remaining[i]) - meanL);
      variance += (i - meanT) * (i - meanT);
    }
    return -60 / (covariance / variance) / RATE;
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, NEAR, 1, 8",
    "SMALL, FAR, -11, -3",
    "MEDIUM, NEAR, 2, 9",
    "MEDIUM, FAR, -11, -3",
    "LARGE, NEAR, 4, 11",
    "LARGE, FAR, -8, -1"
  })
  void bank_everyResponse_hasTheDirectToReverberantRatioOfItsDistance(
      Room room, SourceDistance distance, double low, double high) {
    for (Rir rir : SimulatedRir.bank(List.of(room), List.of(distance), 4, 3)) {
      float[] impulse = new float[RATE];
      impulse[0] = 1;
      float[] response = rir.at(RATE).reverberate(impulse);
      double direct = 0;
      double rest = 0;
      for (int i = 0; i < response.length; i++) {
        double energy = (double) response[i] * response[i];
        direct += i < 0.0025 * RATE ? energy : 0;
        rest += i < 0.0025 * RATE ? 0 : energy;
      }
      assertThat(10 * Math.log10(direct / rest)).isBetween(low, high);
    }
  }

  @Test
  void bank_sameSeed_givesTheSameResponsesAndAnotherSeedOthers() {
    List<Room> rooms = List.of(Room.MEDIUM);
    List<SourceDistance> distances = List.of(SourceDistance.FAR);
    float[] impulse = new float[2000];
    impulse[0] = 1;
    float[] first = SimulatedRir.bank(rooms, distances, 2, 1).get(1).at(RATE).reverberate(impulse);
    float[] again = SimulatedRir.bank(rooms, distances, 5, 1).get(1).at(RATE).reverberate(impulse);
    float[] other = SimulatedRir.bank(rooms, distances, 2, 2).get(1).at(RATE).reverberate(impulse);
    assertThat(again).containsExactly(first);
    assertThat(other).isNotEqualTo(first);
  }
}
