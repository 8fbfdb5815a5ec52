package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words on the page of {@code acoustic report}. */
class ReportCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    write(
        "results.json",
        "{\"testSet\": \"clean\", \"objective\": \"ST-JEM\", \"model\": \"m\", \"seed\": 1,"
            + " \"wer\": 6.15, \"ece\": 2}");
    write("text", "t01-001 GO <UP> NOW\nt01-002 ALL RIGHT\nt02-001 LEFT AGAIN\n");
    write(
        "one.ctm",
        "t01-001 1 0.1 0.2 GO 0.91\nt01-001 1 0.4 0.2 DOWN 0.124\nt01-001 1 0.7 0.2 NOW 1\n"
            + "t01-002 1 0 1 ALL 1\nt01-002 1 1 1 RIGHT 1\n"
            + "t02-001 1 0.1 0.2 LEFT 0.5\n");
    write("other.ctm", "t02-001 1 0 1 OH 0.3\nt02-001 1 1 1 LEFT 0.9\nt02-001 1 2 1 AGAIN 0.9\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void page_showsWordsBelowWhatWasSaid_withErrorsConfidencesAndAPicture() throws IOException {
    CommandResult.of(
        "frontend",
        org.stjem.frontend.cli.Main.COMMANDS,
        "fbank",
        "--num-mel-bins=20",
        "scp:" + scp(),
        "ark:" + path("feats.ark"));
    write("fbank.conf", "--num-mel-bins=20\n");
    CommandResult result =
        CommandResult.of(
            "report",
            "--html=" + path("report.html"),
            "--words=one & only=" + path("one.ctm"),
            "--words=other=" + path("other.ctm"),
            "--text=" + path("text"),
            "--word-feats=ark:" + path("feats.ark"),
            "--feature-config=" + path("fbank.conf"),
            path("results.json"));
    assertThat(result.status()).as(result.messages()).isZero();
    String page = Files.readString(folder.resolve("report.html"));
    assertThat(page)
        .contains("<b>one &amp; only</b>")
        .contains(
            "<span style=\"background:hsl(196 75% 50% / .28)\"><span>GO</span><span>GO</span>"
                + "<small>91 %</small></span>")
        .contains(
            "<span class=\"error\" style=\"background:hsl(27 75% 50% / .28)\">"
                + "<span>&lt;UP&gt;</span><span>DOWN</span><small>S 12 %</small></span>")
        .contains(
            "<span class=\"error\"><span>AGAIN</span><span>\u2013</span><small>D</small></span>")
        .contains("<span>\u2013</span><span>OH</span><small>I 30 %</small></span>")
        .contains("<a href=\"#spectrogram-t01-001\">spectrogram</a>");
    Matcher image =
        Pattern.compile("<figure id=\"spectrogram-t01-001\"><img [^>]*base64,([^\"]*)\"")
            .matcher(page);
    assertThat(image.find()).isTrue();
    assertThat(
            ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(image.group(1))))
                .getWidth())
        .isGreaterThan(500);
  }

  private String scp() throws IOException {
    Path script = folder.resolve("wav.scp");
    Files.writeString(script, "t01-001 " + MINI.resolve("audio/t01-001.flac") + "\n");
    return script.toString();
  }

  @Test
  void words_withoutText_orOfOtherUtterances_areRefused() throws IOException {
    CommandResult lacking =
        CommandResult.of(
            "report",
            "--html=" + path("report.html"),
            "--words=one=" + path("one.ctm"),
            path("results.json"));
    assertThat(lacking.status()).isEqualTo(1);
    assertThat(lacking.lastLine()).endsWith("--words needs --text, what was said");
    write("other", "x GO\n");
    CommandResult others =
        CommandResult.of(
            "report",
            "--html=" + path("report.html"),
            "--words=one=" + path("one.ctm"),
            "--text=" + path("other"),
            path("results.json"));
    assertThat(others.lastLine()).contains("no utterance of").contains("has words of any system");
    assertThat(folder.resolve("report.html")).doesNotExist();
  }
}
