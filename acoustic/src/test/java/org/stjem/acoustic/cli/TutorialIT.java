package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/tutorial.md, as they stand there, on the bundled corpus. */
@Timeout(900)
class TutorialIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final Pattern RATE = Pattern.compile("%WER ([0-9.]+)");

  /** What the page promises, and room for other processors' rounding. */
  private static final double MOST_ERRORS = 15;

  @TempDir Path folder;

  @Test
  void tutorial_recognisesTheTestVoices() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/tutorial.md"));
    String onTheCorpus = page.substring(0, page.indexOf("\n## With your own speech"));
    List<String> blocks =
        COMMANDS.matcher(onTheCorpus).results().map(result -> result.group(1)).toList();
    assertThat(blocks).hasSize(2);
    assertThat(blocks.get(1).lines().filter(line -> line.startsWith("# "))).hasSize(8);
    Files.createSymbolicLink(folder.resolve("scripts"), ROOT.resolve("scripts"));
    Path output = folder.resolve("output");
    Process shell =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", String.join("\n", blocks))
            .directory(folder.toFile())
            .redirectError(folder.resolve("messages").toFile())
            .redirectOutput(output.toFile())
            .start();
    int status = shell.waitFor();
    String messages = Files.readString(folder.resolve("messages"), StandardCharsets.UTF_8);
    assertThat(status).as(messages).isZero();
    String printed = Files.readString(output);
    List<MatchResult> rates = RATE.matcher(printed).results().toList();
    assertThat(rates).as(printed).hasSize(1);
    assertThat(Double.parseDouble(rates.get(0).group(1))).as(printed).isLessThan(MOST_ERRORS);
    Matcher words = Pattern.compile("(?m)^\\S*t01-001\\S* (.*)$").matcher(printed);
    assertThat(words.find()).as(printed).isTrue();
    assertThat(words.group(1).toUpperCase(Locale.ROOT).strip()).isEqualTo("DIAL TWO NINE NINE");
  }
}
