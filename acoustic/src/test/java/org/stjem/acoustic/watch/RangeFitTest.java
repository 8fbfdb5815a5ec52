package org.stjem.acoustic.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.recognition.RecognizedWord;

class RangeFitTest {
  private static final int SECOND = 100;

  /** Recordings of one to three seconds whose measures are normally distributed by seconds. */
  private static List<RangeFit.Heard> recordings(int count, long seed) {
    Random random = new Random(seed);
    return random
        .ints(count, 1, 4)
        .mapToObj(
            seconds -> {
              double[][] measures = new double[4][seconds * SECOND];
              for (double[] measure : measures) {
                for (int s = 0; s < seconds; s++) {
                  Arrays.fill(measure, s * SECOND, (s + 1) * SECOND, random.nextGaussian());
                }
              }
              return new RangeFit.Heard(
                  new Measures(measures[0], measures[1], measures[2], measures[3]),
                  List.of(new RecognizedWord("WORD", 0, 1, random.nextDouble(), List.of())),
                  seconds);
            })
        .toList();
  }

  private static double refused(SpeechRange range, List<RangeFit.Heard> recordings) {
    return recordings.stream()
            .filter(
                one ->
                    !Judgement.of(one.measures(), SECOND, one.words(), one.seconds(), range)
                        .known())
            .count()
        / (double) recordings.size();
  }

  @Test
  void thresholds_keepToTheShare_alsoOnOtherRecordings() {
    int lastTail = -1;
    for (double share : new double[] {0.05, 0.15, 0.5}) {
      SpeechRange range = new RangeFit(recordings(400, 1), SECOND, share).fit();
      assertThat(range.falseRefusals()).isLessThanOrEqualTo(share);
      assertThat(refused(range, recordings(4000, 2))).isBetween(1e-9, share * 1.5);
      assertThat(range.tail()).isGreaterThanOrEqualTo(lastTail);
      lastTail = range.tail();
    }
    assertThat(lastTail).isGreaterThan(1);
  }

  @Test
  void file_keepsTheThresholds_andNamesWhatIsWrong(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("range.json");
    SpeechRange range = new RangeFit(recordings(50, 3), SECOND, 0.1).fit();
    range.write(file);
    SpeechRange read = SpeechRange.read(file);
    assertThat(read.tail()).isEqualTo(range.tail());
    assertThat(read.leastConfidence()).isEqualTo(range.leastConfidence());
    assertThat(read.falseRefusals()).isEqualTo(range.falseRefusals());
    Files.writeString(
        file, Files.readString(file).replace("\"tail\": " + range.tail(), "\"tail\": 50"));
    assertThatThrownBy(() -> SpeechRange.read(file)).hasMessageContaining("tail 50");
  }
}
