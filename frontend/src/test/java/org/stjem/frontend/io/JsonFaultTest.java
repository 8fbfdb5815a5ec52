package org.stjem.frontend.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.Gson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFaultTest {
  /** What is read. */
  private record Numbers(int one, double[] many) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"one\": \"x\"} | For input string: \"x\"",
        "{\"one\": 1 | End of input at line 1 column 10 path $.one",
        "[1] | Expected BEGIN_OBJECT but was BEGIN_ARRAY at line 1 column 2 path $",
        "{\"one\" 1} | Expected ':' at line 1 column 9 path $.one",
        "{\"many\": [null]} | null in a list of numbers"
      })
  void reason_namesNeitherClassesNorManuals(String json, String reason) {
    RuntimeException fault =
        catchThrowableOfType(
            RuntimeException.class, () -> new Gson().fromJson(json, Numbers.class));
    assertThat(JsonFault.reason(fault)).isEqualTo(reason);
  }
}
