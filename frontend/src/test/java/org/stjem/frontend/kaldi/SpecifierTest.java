package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;

class SpecifierTest {

  @Test
  void rspecifier_withoutOptions_hasKaldisDefaults() {
    assertThat(Rspecifier.parse("ark:a:b"))
        .isEqualTo(new Rspecifier(true, "a:b", false, false, false, false, false));
    assertThat(Rspecifier.parse("scp:"))
        .isEqualTo(new Rspecifier(false, "", false, false, false, false, false));
  }

  @Test
  void rspecifier_options_standInAnyOrderAndTheLastWins() {
    assertThat(Rspecifier.parse("o,s,cs,p,bg,scp:x"))
        .isEqualTo(new Rspecifier(false, "x", true, true, true, true, true));
    assertThat(Rspecifier.parse("ark,o,no,s,ns,cs,ncs,p,np,b,t:gunzip -c a.gz|"))
        .isEqualTo(new Rspecifier(true, "gunzip -c a.gz|", false, false, false, false, false));
    assertThat(Rspecifier.parse("s cs ark:-"))
        .isEqualTo(new Rspecifier(true, "-", false, true, true, false, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "foo.ark; has no colon",
        "x:foo; unknown option 'x'",
        "ark,:foo; unknown option ''",
        "ark,f:foo; unknown option 'f'",
        "ark,scp:foo; more than once",
        "ark,ark:foo; more than once",
        "s,cs:foo; neither ark nor scp",
        "'ark:foo '; ends in a blank"
      })
  void rspecifier_malformed_isRefused(String specifier, String fault) {
    assertThatThrownBy(() -> Rspecifier.parse(specifier))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("rspecifier '" + specifier + "'")
        .hasMessageContaining(fault);
  }

  @Test
  void wspecifier_forms_areUnderstood() {
    assertThat(Wspecifier.parse("ark:-")).isEqualTo(new Wspecifier("-", null, true, false, false));
    assertThat(Wspecifier.parse("ark,t,f:a,b"))
        .isEqualTo(new Wspecifier("a,b", null, false, true, false));
    assertThat(Wspecifier.parse("scp,p:x")).isEqualTo(new Wspecifier(null, "x", true, false, true));
    assertThat(Wspecifier.parse("ark,scp,t,b,nf:a.ark,a,b.scp"))
        .isEqualTo(new Wspecifier("a.ark", "a,b.scp", true, false, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "foo; has no colon",
        "scp,ark:a,b; before scp",
        "ark,ark:a; once",
        "scp,scp:a; more than once",
        "ark,scp:a; divided by a comma",
        "ark,cs:a; unknown option 'cs'",
        "t:a; neither ark nor scp"
      })
  void wspecifier_malformed_isRefused(String specifier, String fault) {
    assertThatThrownBy(() -> Wspecifier.parse(specifier))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("wspecifier '" + specifier + "'")
        .hasMessageContaining(fault);
  }

  @Test
  void filename_forReading_isClassifiedAsKaldiDoes() {
    var stream = ExtendedFilename.Kind.STANDARD_STREAM;
    var pipe = ExtendedFilename.Kind.PIPE;
    var file = ExtendedFilename.Kind.FILE;
    assertThat(ExtendedFilename.forReading("")).isEqualTo(new ExtendedFilename(stream, "", 0));
    assertThat(ExtendedFilename.forReading("-")).isEqualTo(new ExtendedFilename(stream, "", 0));
    assertThat(ExtendedFilename.forReading(" cat a |"))
        .isEqualTo(new ExtendedFilename(pipe, " cat a ", 0));
    assertThat(ExtendedFilename.forReading("a.ark:12345678901"))
        .isEqualTo(new ExtendedFilename(file, "a.ark", 12345678901L));
    assertThat(ExtendedFilename.forReading("a:b:7"))
        .isEqualTo(new ExtendedFilename(file, "a:b", 7));
    assertThat(ExtendedFilename.forReading("a7")).isEqualTo(new ExtendedFilename(file, "a7", 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"| cat", " a", "a ", "a|b", "ark:foo", "scp,t:foo", "a:99999999999999999999"})
  void filename_misplacedBlankPipeOrSpecifier_isRefusedForReading(String name) {
    assertThatThrownBy(() -> ExtendedFilename.forReading(name))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat |", " a", "a ", "a|b", "ark:foo", "a.ark:12"})
  void filename_misplacedBlankPipeOrOffset_isRefusedForWriting(String name) {
    assertThatThrownBy(() -> ExtendedFilename.forWriting(name))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(name);
  }

  @Test
  void filename_forWriting_isClassifiedAsKaldiDoes() {
    assertThat(ExtendedFilename.forWriting("| gzip -c > a.gz"))
        .isEqualTo(new ExtendedFilename(ExtendedFilename.Kind.PIPE, " gzip -c > a.gz", 0));
    assertThat(ExtendedFilename.forWriting("a"))
        .isEqualTo(new ExtendedFilename(ExtendedFilename.Kind.FILE, "a", 0));
  }

  @Test
  void keyOrder_isThatOfUtf8Bytes() {
    String beyondBmp = "\uD83D\uDE00";
    assertThat(KeyOrder.compare("a", "b")).isNegative();
    assertThat(KeyOrder.compare("a", "aa")).isNegative();
    assertThat(KeyOrder.compare("Z", "a")).isNegative();
    assertThat(KeyOrder.compare("a", "a")).isZero();
    assertThat(KeyOrder.compare("\uFFFD", beyondBmp)).isNegative();
    assertThat(KeyOrder.compare(beyondBmp, "\uFFFD")).isPositive();
  }
}
