package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientTextTest {
  @Test
  void shown_longValue_isCutAndCounted() {
    assertThat(ClientText.shown("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(ClientText.shown("x".repeat(3_900_000)))
        .isEqualTo("x".repeat(200) + "… (3900000 characters)");
  }

  @Test
  void shown_charactersThatAreNotSeenOrTurnOthersAround_areWrittenAsNumbers() {
    assertThat(ClientText.shown("a\r\n\u001b[31m\u0085b"))
        .isEqualTo("a\\u000d\\u000a\\u001b[31m\\u0085b");
    assertThat(ClientText.shown("admin\u202e\u2066gpj\u2069"))
        .isEqualTo("admin\\u202e\\u2066gpj\\u2069");
    assertThat(ClientText.shown("a\u200bb\u200d\ufeff\u2028\u2029"))
        .isEqualTo("a\\u200bb\\u200d\\ufeff\\u2028\\u2029");
    assertThat(ClientText.shown("\ud83d")).isEqualTo("\\ud83d");
    assertThat(ClientText.shown("Grüße 日本語 😀")).isEqualTo("Grüße 日本語 😀");
  }

  @Test
  void quoted_isNotClosedByItsContent() {
    assertThat(ClientText.quoted("u\" status=OK \\")).isEqualTo("\"u\\\" status=OK \\\\\"");
    assertThat(ClientText.quoted("\\" + "\"".repeat(300))).endsWith("… (301 characters)\"");
  }
}
