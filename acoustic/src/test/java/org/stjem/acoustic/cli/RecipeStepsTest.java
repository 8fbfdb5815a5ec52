package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of recipes (scripts/lib.sh) as jobs of a queue whose jobs have nothing of the environment.
 */
@Timeout(60)
class RecipeStepsTest {
  private static final Path SCRIPTS = Path.of(System.getProperty("stjem.root"), "scripts");

  @TempDir private Path folder;

  @BeforeEach
  void makeQueue() throws IOException {
    Path queue = folder.resolve("queue.pl");
    Files.writeString(
        queue,
        """
        #!/usr/bin/env bash
        cd / && exec env -i PATH="$PATH" %s "$@"
        """
            .formatted(SCRIPTS.resolve("run-jobs")));
    assertThat(queue.toFile().setExecutable(true)).isTrue();
  }

  /** Runs {@code script} after lib.sh; returns its exit status and messages. */
  private String recipe(String script) throws Exception {
    String head = "set -euo pipefail\n. %s/lib.sh\ncd '%s'\nstep_option '--cmd=%s --mem 4G'\n";
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", "-c", head.formatted(SCRIPTS, folder, folder.resolve("queue.pl")) + script);
    builder
        .environment()
        .putAll(Map.of("STJEM_JAVA_OPTS", "-Xmx1g -Dname='a b'", "SECRET", "word"));
    Process process = builder.redirectErrorStream(true).start();
    String messages = new String(process.getInputStream().readAllBytes());
    return process.waitFor() + "\n" + messages;
  }

  @Test
  void stepOfAQueue_hasFunctionsVariablesAndFolderOfTheRecipe() throws Exception {
    String outcome =
        recipe(
            """
            declare -A names=([one]='with "quotes" and $dollars')
            show() { echo "${names[$1]} | $2 | $local_of_caller | $STJEM_JAVA_OPTS | ${SECRET:-none}" >shown; }
            stage() { local local_of_caller=here; spawn "$PWD/log/step" show one 'ark:gunzip -c a.gz |'; join; }
            stage
            """);
    assertThat(outcome).startsWith("0\n");
    assertThat(folder.resolve("shown"))
        .hasContent(
            "with \"quotes\" and $dollars | ark:gunzip -c a.gz | | here | -Xmx1g -Dname='a b' | none\n");
    assertThat(Files.getPosixFilePermissions(folder.resolve("log/step.job")))
        .as("who may read the job's file")
        .containsExactlyInAnyOrderElementsOf(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void stepThatFails_othersOfTheQueueEndFirst() throws Exception {
    String outcome =
        recipe(
            """
            break_off() { echo no such corpus; false; }
            write() { echo done >"$1"; }
            jobs=1
            spawn "$PWD/log/bad" break_off
            spawn "$PWD/log/good" write good
            join
            echo not reached
            """);
    assertThat(outcome)
        .startsWith("1\n")
        .contains("no such corpus")
        .contains("a step failed; all of its messages are in " + folder.resolve("log/bad"))
        .doesNotContain("not reached");
    assertThat(folder.resolve("good")).hasContent("done");
  }

  @Test
  void programThatIsNotThere_isNamed() throws Exception {
    assertThat(recipe("send_steps 'no-such.pl --mem 4G'"))
        .startsWith("1\n")
        .endsWith("--cmd: there is no program 'no-such.pl'\n");
  }
}
