package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/dump-loglikes with a stand-in for the launcher that scores nothing. */
@Timeout(60)
class DumpLoglikesTest {
  private static final Path SCRIPTS = Path.of(System.getProperty("stjem.root"), "scripts");

  /** Utterances of each speaker. */
  private static final List<Integer> SPEAKERS = List.of(5, 1, 9, 2, 2, 7, 1, 4, 3, 6);

  /** Writes a list for the features of its job, unless the file 'broken' names the job. */
  private static final String STAND_IN =
      """
      #!/usr/bin/env bash
      feats=${@: -2:1} scores=${@: -1}
      echo "$feats" >>"$(dirname "$0")/calls"
      if grep -q "$(basename "$(dirname "$feats")")" "$(dirname "$0")/broken" 2>/dev/null; then exit 3; fi
      awk '{ print $1, "scores:" NR }' "${feats#scp:}" >"${scores##*,}"
      """;

  /**
   * Takes what queue.pl and slurm.pl of Kaldi take: options with one value each, a range of jobs,
   * the log, and words that one shell script is made of; then runs the script as a grid does.
   */
  private static final String GRID =
      """
      #!/usr/bin/env bash
      here=$(dirname "$0") status=0
      while [[ $1 == -* ]]; do
        echo "$1 $2" >>"$here/grid-options"
        shift 2
      done
      [[ $1 =~ ^JOB=([1-9][0-9]*):([1-9][0-9]*)$ ]] || { echo "no jobs in '$1'" >&2; exit 1; }
      first=${BASH_REMATCH[1]} last=${BASH_REMATCH[2]} log=$2 script=
      for word in "${@:3}"; do
        if [[ $word =~ ^[^[:space:]]+$ ]]; then script+="$word "
        elif [[ $word == *'"'* ]]; then script+="'$word' "
        else script+="\\"$word\\" "
        fi
      done
      echo "( ${script//JOB/\\$SGE_TASK_ID})" >"$here/grid-script"
      for ((job = first; job <= last; job++)); do
        SGE_TASK_ID=$job bash "$here/grid-script" &>"${log//JOB/$job}" || status=1
      done
      exit $status
      """;

  @TempDir private Path folder;

  @BeforeEach
  void makeData() throws IOException {
    for (String script : List.of("dump-loglikes", "queue.sh", "run-jobs")) {
      Files.copy(SCRIPTS.resolve(script), folder.resolve(script));
    }
    for (Map.Entry<String, String> program :
        Map.of("stjem", STAND_IN, "grid.pl", GRID).entrySet()) {
      Path file = Files.writeString(folder.resolve(program.getKey()), program.getValue());
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.createDirectory(folder.resolve("model"));
    Files.writeString(folder.resolve("model/model.json"), "{}");
    Files.writeString(folder.resolve("model/weights.safetensors"), "weights");
    StringBuilder utt2spk = new StringBuilder();
    StringBuilder feats = new StringBuilder();
    for (int s = 0; s < SPEAKERS.size(); s++) {
      for (int u = 0; u < SPEAKERS.get(s); u++) {
        utt2spk.append(String.format("s%d-%d s%d%n", s, u, s));
        feats.append(String.format("s%d-%d raw.ark:%d%n", s, u, 100 * u));
      }
    }
    Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("data/utt2spk"), utt2spk);
    Files.writeString(folder.resolve("data/feats.scp"), feats);
  }

  /** Runs the script; returns its exit status and messages. */
  private String dump(String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of(folder.resolve("dump-loglikes").toString()));
    line.addAll(List.of(options));
    line.addAll(List.of("model", "data", "out"));
    Process process =
        new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    String messages = new String(process.getInputStream().readAllBytes());
    return process.waitFor() + "\n" + messages;
  }

  private List<Integer> sizes(String split, int parts) throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (int part = 1; part <= parts; part++) {
      Path utterances = folder.resolve("data/" + split + "/" + part + "/utt2spk");
      sizes.add(Files.readAllLines(utterances).size());
      assertThat(Files.readAllLines(utterances.resolveSibling("feats.scp")))
          .hasSameSizeAs(Files.readAllLines(utterances));
    }
    return sizes;
  }

  private List<String> keys(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .map(line -> line.split(" ")[0])
        .toList();
  }

  @Test
  void split_isThatOfKaldi() throws Exception {
    // wc -l of what utils/split_data.sh [--per-utt] made of the same utt2spk
    assertThat(dump("--nj=3")).startsWith("0\n");
    assertThat(sizes("split3", 3)).containsExactly(15, 12, 13);
    assertThat(Files.readAllLines(folder.resolve("data/split3/1/spk2utt")).get(1))
        .isEqualTo("s1 s1-0");
    Files.move(folder.resolve("out"), folder.resolve("out3"));
    assertThat(dump("--nj", "4")).startsWith("0\n");
    assertThat(sizes("split4", 4)).containsExactly(6, 13, 12, 9);
    Files.move(folder.resolve("out"), folder.resolve("out4"));
    assertThat(dump("--nj=7", "--per-utt")).startsWith("0\n");
    assertThat(sizes("split7utt", 7)).containsExactly(6, 6, 6, 6, 6, 5, 5);
  }

  @Test
  void jobThatFailed_aloneIsDoneAgain() throws Exception {
    Files.writeString(folder.resolve("broken"), "2\n");
    assertThat(dump("--nj=4"))
        .startsWith("1\n")
        .contains("1 of 4 jobs failed")
        .contains("job 2 did not end well, see ");
    assertThat(folder.resolve("out/loglikes.scp")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(4);
    assertThat(folder.resolve("out/log/dump.2.log")).content().contains("# Ended (code 3)");

    Files.delete(folder.resolve("broken"));
    assertThat(dump("--nj=4")).startsWith("0\n").contains("Done 40 utterances, failed for 0");
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .hasSize(5)
        .last()
        .asString()
        .endsWith("/split4/2/feats.scp");
    assertThat(keys("out/loglikes.scp")).isEqualTo(keys("data/feats.scp"));
  }

  @Test
  void otherModel_isRefused() throws Exception {
    dump("--nj=2");
    Files.writeString(folder.resolve("model/weights.safetensors"), "other weights");
    assertThat(dump("--nj=2"))
        .startsWith("1\n")
        .contains("was begun with other data, another model or other options");
  }

  @Test
  void moreJobsThanSpeakers_areRefused() throws Exception {
    assertThat(dump("--nj=11")).startsWith("1\n10 speakers cannot be split into 11 parts\n");
    assertThat(folder.resolve("data/split11")).doesNotExist();
  }

  @Test
  void unknownRunner_isRefused() throws Exception {
    assertThat(dump("--cmd=no-such.pl --mem 4G"))
        .isEqualTo("1\nERROR (dump-loglikes) --cmd: there is no program 'no-such.pl'\n");
  }

  @Test
  void grid_getsItsOptionsAndDoesWhatIsMissing() throws Exception {
    String grid = "--cmd=" + folder.resolve("grid.pl") + " --mem 4G -q long.q";
    Files.writeString(folder.resolve("broken"), "2\n");
    assertThat(dump("--nj=4", grid)).startsWith("1\n").contains("job 2 did not end well, see ");
    Files.delete(folder.resolve("broken"));
    assertThat(dump("--nj=4", grid)).startsWith("0\n").contains("Done 40 utterances, failed for 0");
    assertThat(folder.resolve("calls")).content().hasLineCount(5);
    assertThat(keys("out/loglikes.scp")).isEqualTo(keys("data/feats.scp"));
    assertThat(Files.readAllLines(folder.resolve("grid-options")))
        .containsExactly("--mem 4G", "-q long.q", "--mem 4G", "-q long.q");
  }

  @Test
  void grid_getsCommandsInPipesAsOneWord() throws Exception {
    Files.writeString(folder.resolve("data/cmvn.scp"), "s0 cmvn.ark:7\n");
    dump("--nj=4", "--cmd=" + folder.resolve("grid.pl"), "--apply-cmvn", "--cmvn-opts=--norm-vars");
    String split = folder.toRealPath().resolve("data/split4/3").toString();
    assertThat(Files.readAllLines(folder.resolve("calls")).get(2))
        .startsWith("ark:")
        .endsWith(
            "/stjem frontend apply-cmvn --norm-vars --utt2spk=ark:%s/utt2spk scp:%s/cmvn.scp"
                    .formatted(split, split)
                + " scp:%s/feats.scp ark:- |".formatted(split));
  }

  @Test
  void gridThatBeginsNothing_isNamed_notALogThatIsNotThere() throws Exception {
    Path grid = folder.resolve("refuses.pl");
    Files.writeString(grid, "#!/bin/sh\necho invalid array >&2\nexit 1\n");
    assertThat(grid.toFile().setExecutable(true)).isTrue();
    assertThat(dump("--nj=4", "--cmd=" + grid))
        .startsWith("1\n")
        .contains("invalid array\n")
        .contains(
            "refuses.pl began none of the 4 jobs, see its messages above; repeat the command");
  }

  @Test
  void pathThatAQueueWouldChange_isRefused() throws Exception {
    for (String name : List.of("JOBS", "a$b", "a;b", "a b")) {
      Path data = Files.createDirectory(folder.resolve(name));
      for (String file : List.of("utt2spk", "feats.scp")) {
        Files.copy(folder.resolve("data/" + file), data.resolve(file));
      }
      Process process =
          new ProcessBuilder(folder.resolve("dump-loglikes").toString(), "model", name, "out")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      String messages = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor()).isEqualTo(1);
      assertThat(messages).contains("the path '" + data.toRealPath() + "' has a space, a quote");
    }
  }
}
