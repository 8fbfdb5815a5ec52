package org.stjem.acoustic.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

class UtteranceTallyTest {
  private static final String LOGGER = "org.stjem.test.tally";

  private final List<String> logged = new ArrayList<>();
  private final Logger logger = Logger.getLogger(LOGGER);
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final UtteranceTally tally = new UtteranceTally(LoggerFactory.getLogger(LOGGER), 0.01);

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void forget() {
    logger.removeHandler(handler);
  }

  @Test
  void failuresOfAKind_areToldOnce_whateverTheKeysAre() {
    tally.done();
    for (String key : List.of("a", "e", "1", "s-2", "frame")) {
      tally.failed(key, new StjemException("'" + key + "' has 3 frames, " + key + " fails"));
    }
    tally.failed("a.b", new StjemException("no alignment"));
    tally.finish();
    assertThat(logged)
        .containsExactly(
            "utterance a is skipped: 'a' has 3 frames, a fails",
            "utterance a.b is skipped: no alignment",
            "4 more utterances are skipped for the same reason as a: e, 1, s-2 ...",
            "Done 1 utterances, failed for 6");
  }

  @Test
  void tooManyBadLabels_orNothingDone_isAFault() {
    tally.failed("a", new LabelException("frame 0 is aligned to pdf-id 9, there are 0 … 3"));
    tally.failed("b", new StjemException("no alignment"));
    assertThatThrownBy(tally::finish)
        .hasMessage(
            "1 of 2 utterances have a label out of range, more than --max-failed=0.01 allows;"
                + " utterance a: frame 0 is aligned to pdf-id 9, there are 0 … 3");
    UtteranceTally none = new UtteranceTally(LoggerFactory.getLogger(LOGGER), 0.01);
    assertThatThrownBy(none::finish).hasMessage("there are no utterances");
    none.failed("b", new StjemException("no alignment"));
    assertThatThrownBy(none::finish)
        .hasMessage("no utterance could be used, 1 failed; utterance b: no alignment");
  }
}
