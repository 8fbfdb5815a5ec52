package org.stjem.acoustic.wer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with {@code sc_stats -t mapsswe}. */
class SegmentTestTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/wer");
  private static final Pattern RESULT =
      Pattern.compile(
          ".*systems: (\\S+)\\.trn (\\S+)\\.trn\\) \\(# segs: (\\d+)\\).*\\(mean: (\\S+)\\)"
              + " \\(std dev: (\\S+)\\) \\(Z Stat: (\\S+)\\).*");

  @TempDir Path folder;

  @Test
  void test_equalsScStats() throws IOException {
    for (String line : Files.readAllLines(GOLDEN.resolve("mapsswe.txt"))) {
      Matcher golden = RESULT.matcher(line);
      assertThat(golden.matches()).isTrue();
      SegmentTest test =
          compare(
              GOLDEN.resolve("ref.txt"),
              GOLDEN.resolve(golden.group(1) + ".txt"),
              GOLDEN.resolve(golden.group(2) + ".txt"));
      assertThat(test.segments()).isEqualTo(Integer.parseInt(golden.group(3)));
      assertThat(test.mean()).isCloseTo(Double.parseDouble(golden.group(4)), within(6e-4));
      assertThat(test.standardDeviation())
          .isCloseTo(Double.parseDouble(golden.group(5)), within(6e-4));
      assertThat(test.z()).isCloseTo(Double.parseDouble(golden.group(6)), within(6e-4));
    }
  }

  @Test
  void segments_areCutWhereBothSystemsHaveTwoWordsRight() throws IOException {
    Path reference = write("ref", "a 1 2 3 4 5 6 7 8");
    Path second = write("second", "a 1 2 3 4 5 6 7 8");
    // Two words right between the errors separate them, one does not.
    assertThat(compare(reference, write("far", "a X 2 3 X 5 6 7 8"), second).segments())
        .isEqualTo(2);
    assertThat(compare(reference, write("near", "a X 2 X 4 5 6 7 8"), second).segments())
        .isEqualTo(1);
    // Words right on either side of an insertion are not in a row.
    assertThat(compare(reference, write("inserted", "a X 2 Y 3 X 5 6 7 8"), second).segments())
        .isEqualTo(1);
    assertThat(compare(reference, write("last", "a 1 2 3 4 5 6 7 8 9"), second))
        .isEqualTo(new SegmentTest(1, 1, 0, 0));
  }

  @Test
  void equalSystems_doNotDiffer() throws IOException {
    SegmentTest test =
        compare(GOLDEN.resolve("ref.txt"), GOLDEN.resolve("hyp2.txt"), GOLDEN.resolve("hyp2.txt"));
    assertThat(test.z()).isZero();
    assertThat(test.p()).isCloseTo(1, within(1e-6));
  }

  @Test
  void p_isTwoSided() {
    assertThat(new SegmentTest(9, 1, 1, 1.959964).p()).isCloseTo(0.05, within(1e-6));
    assertThat(new SegmentTest(9, 1, 1, -2.575829).p()).isCloseTo(0.01, within(1e-6));
  }

  private static SegmentTest compare(Path reference, Path first, Path second) {
    Transcripts transcripts =
        Transcripts.read(
            reference.toString(),
            List.of(first.toString(), second.toString()),
            WordErrorRate.Mode.PRESENT);
    return SegmentTest.of(transcripts, 0, 1);
  }

  private Path write(String name, String line) throws IOException {
    return Files.writeString(folder.resolve(name), line + "\n");
  }
}
