package org.stjem.acoustic.wer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordAlignmentTest {
  private static List<String> words(String text) {
    return Stream.of(text.split(" ")).filter(w -> !w.isEmpty()).collect(Collectors.toList());
  }

  @Test
  void count_knownPairs() {
    assertThat(WordErrors.count(words("A B C"), words("A B C"))).isEqualTo(new WordErrors(0, 0, 0));
    assertThat(WordErrors.count(words("A B C"), words("A X C D")))
        .isEqualTo(new WordErrors(1, 0, 1));
    assertThat(WordErrors.count(words("A B C"), words(""))).isEqualTo(new WordErrors(0, 3, 0));
    assertThat(WordErrors.count(words(""), words("A B"))).isEqualTo(new WordErrors(2, 0, 0));
  }

  @Test
  void alignment_randomPairs_hasAsFewErrorsAsCounted() {
    Random random = new Random(1);
    for (int trial = 0; trial < 300; trial++) {
      List<String> reference = randomWords(random);
      List<String> hypothesis = randomWords(random);
      WordErrors errors = WordErrors.count(reference, hypothesis);
      List<WordAlignment.Pair> pairs = WordAlignment.of(reference, hypothesis).pairs();
      assertThat(pairs.stream().filter(p -> p.operation() != 'C').count())
          .isEqualTo(errors.total());
      assertThat(pairs.stream().filter(p -> p.operation() != 'I').map(p -> p.reference()))
          .isEqualTo(reference);
      assertThat(pairs.stream().filter(p -> p.operation() != 'D').map(p -> p.hypothesis()))
          .isEqualTo(hypothesis);
    }
  }

  private static List<String> randomWords(Random random) {
    return random
        .ints(random.nextInt(8), 0, 4)
        .mapToObj(String::valueOf)
        .collect(Collectors.toList());
  }

  @Test
  void details_wordsOfOtherScripts_areAlignedByCharacters() {
    assertThat(WordAlignment.of(words("ÄÖÜ B"), words("X")).details("u"))
        .isEqualTo(
            """
            u ref  ÄÖÜ  B
            u hyp  ***  X
            u op    D   S
            u #csid 0 1 0 1
            """);
  }
}
