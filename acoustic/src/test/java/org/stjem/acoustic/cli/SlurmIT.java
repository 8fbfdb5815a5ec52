package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * scripts/dump-loglikes and steps of recipes as jobs of a real Slurm that cancels, moves and ends
 * them. Needs Debian's packages slurm-wlm and munge. With STJEM_SLURM_PL=PATH the jobs are sent by
 * that slurm.pl, say Kaldi's own.
 */
@Timeout(600)
class SlurmIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final int PARTS = 4;
  private static final List<String> TRAINING =
      List.of(
          "--objective=st-jem",
          "--num-threads=1",
          "--hidden-layers=64",
          "--num-epochs=2",
          "--sgld-samples=4",
          "--sgld-steps=5",
          "--warmup-steps=20",
          "--buffer-size=500",
          "--log-interval=50",
          "--checkpoint-interval=7");

  @TempDir private static Path folder;
  private static SlurmSite slurm;
  private static String runner;
  private static Path expected;

  /** A lock of a job, without which it waits; given back by {@link #close}. */
  private record Lock(Process holder) implements AutoCloseable {
    static Lock of(Path file) throws Exception {
      Files.createDirectories(file.getParent());
      Process holder =
          new ProcessBuilder("flock", file.toString(), "bash", "-c", "echo held; read -r _")
              .start();
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      return new Lock(holder);
    }

    @Override
    public void close() throws Exception {
      holder.outputWriter().close();
      holder.waitFor();
    }
  }

  @BeforeAll
  static void startSlurm() throws Exception {
    List<String> missing = SlurmSite.missingPrograms();
    assumeTrue(missing.isEmpty(), "no " + missing + "; apt-get install slurm-wlm munge");
    String given = System.getenv("STJEM_SLURM_PL");
    runner = given != null ? given : resource("/slurm/slurm.pl").toString();
    slurm = SlurmSite.start(Files.createDirectory(folder.resolve("slurm")));

    Path data = Files.createDirectory(folder.resolve("data"));
    Files.copy(MINI.resolve("data/test/utt2spk"), data.resolve("utt2spk"));
    features("test", data);
    features("train", Files.createDirectory(folder.resolve("train")));
    train(folder.resolve("model"));
    expected = folder.resolve("expected");
    assertEnd(dump("run.pl", expected), 0);
  }

  @AfterAll
  static void stopSlurm() throws Exception {
    if (slurm != null) {
      slurm.close();
    }
  }

  private static Path resource(String name) throws Exception {
    return Path.of(SlurmIT.class.getResource(name).toURI());
  }

  private static Process start(Path log, List<String> line) throws IOException {
    return slurm
        .builder(line.toArray(new String[0]))
        .directory(MINI.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** A started script and where its messages go. */
  private record Run(Process process, Path log) {
    String messages() throws IOException {
      return Files.readString(log, StandardCharsets.UTF_8);
    }
  }

  private static String assertEnd(Run run, int status) throws Exception {
    assertThat(run.process().waitFor()).as(run.messages()).isEqualTo(status);
    return run.messages();
  }

  private static void stjem(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(ROOT.resolve("scripts/stjem").toString()));
    line.addAll(List.of(arguments));
    Path log = folder.resolve("stjem.log");
    assertEnd(new Run(start(log, line), log), 0);
  }

  private static void features(String set, Path out) throws Exception {
    stjem(
        "frontend",
        "fbank",
        "--dither=0",
        "--num-mel-bins=20",
        "scp:data/" + set + "/wav.scp",
        "ark,scp:%s/feats.ark,%s/feats.scp".formatted(out, out));
  }

  private static void train(Path model) throws Exception {
    List<String> line = new ArrayList<>(List.of("acoustic", "train"));
    line.addAll(TRAINING);
    line.add("--transition-model=exp/tri1/final.mdl");
    line.add("scp:" + folder.resolve("train/feats.scp"));
    line.add("ark:gunzip -c ali/train.ali.gz|");
    line.add(model.toString());
    stjem(line.toArray(new String[0]));
  }

  private static Run dump(String command, Path out, String... options) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(ROOT.resolve("scripts/dump-loglikes").toString());
    line.addAll(List.of("--nj=" + PARTS, "--cmd=" + command));
    line.addAll(List.of(options));
    line.add(folder.resolve("model").toString());
    line.add(folder.resolve("data").toString());
    line.add(out.toString());
    Path log = folder.resolve(out.getFileName() + ".log");
    return new Run(start(log, line), log);
  }

  /** Starts a dump and waits until its second job runs, which cannot go on without {@code lock}. */
  private static Run dumpThatWaits(String command, Path out) throws Exception {
    Run run = dump(command, out);
    awaitSecondWaits(out);
    return run;
  }

  private static void awaitSecondWaits(Path out) throws Exception {
    Path log = out.resolve("log/dump.2.log");
    Await.until(
        "the second job waits",
        () -> Files.exists(log) && Files.readString(log).contains("waiting for another run"));
  }

  private static Lock lockSecond(Path out) throws Exception {
    return Lock.of(out.resolve("job.sh.lock.2"));
  }

  private static void assertAllThere(Run run, Path out) throws Exception {
    assertThat(assertEnd(run, 0)).contains("Done 40 utterances, failed for 0");
    for (int part = 1; part <= PARTS; part++) {
      String name = "loglikes." + part + ".ark";
      assertThat(out.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
    }
    assertThat(Files.readString(out.resolve("loglikes.scp")).replace(out.toString(), ""))
        .isEqualTo(
            Files.readString(expected.resolve("loglikes.scp")).replace(expected.toString(), ""));
  }

  @Test
  void jobCancelled_isNamed_andDoneWhenTheCommandIsRepeated() throws Exception {
    Path out = folder.resolve("cancelled");
    try (Lock second = lockSecond(out)) {
      Run run = dumpThatWaits(runner, out);
      slurm.run("scancel", slurm.running(2));
      assertThat(assertEnd(run, 1))
          .contains("job 2 did not end well, see " + out.resolve("log/dump.2.log"));
    }
    assertThat(out.resolve("loglikes.scp")).doesNotExist();
    assertThat(out.resolve("loglikes.1.ark")).exists();
    assertAllThere(dump(runner, out), out);
  }

  @Test
  void jobOverItsTimeLimit_isNamed_andDoneWhenTheCommandIsRepeated() throws Exception {
    Path out = folder.resolve("late");
    try (Lock second = lockSecond(out)) {
      Run run = dumpThatWaits(runner + " --time 1", out);
      assertThat(assertEnd(run, 1)).contains("job 2 did not end well");
    }
    assertAllThere(dump(runner, out), out);
  }

  @Test
  void jobRequeued_losesNothing() throws Exception {
    Path out = folder.resolve("requeued");
    Run run;
    try (Lock second = lockSecond(out)) {
      run = dumpThatWaits(runner, out);
      String job = slurm.running(2);
      slurm.run("scontrol", "requeue", job);
      Await.until("the job is queued", () -> slurm.running(2).isEmpty());
    }
    assertAllThere(run, out);
  }

  @Test
  void scriptInterrupted_secondRunWaitsForItsJobs() throws Exception {
    Path out = folder.resolve("interrupted");
    Run first;
    Run second;
    try (Lock lock = lockSecond(out)) {
      first = dumpThatWaits(runner, out);
      first.process().destroy();
      first.process().waitFor();
      assertThat(slurm.running(2)).isNotEmpty();
      Files.delete(out.resolve("log/dump.2.log"));
      second = dump(runner, out);
      awaitSecondWaits(out);
    }
    assertAllThere(second, out);
  }

  @Test
  void nodeDrained_itsJobEnds_othersGoElsewhere() throws Exception {
    Path out = folder.resolve("drained");
    Run run;
    String node;
    try (Lock second = lockSecond(out)) {
      run = dumpThatWaits(runner + " --max-jobs-run 2", out);
      node = slurm.run("squeue", "-h", "-j", slurm.running(2), "-o", "%N").strip();
      slurm.run("scontrol", "update", "nodename=" + node, "state=drain", "reason=trial");
    }
    assertAllThere(run, out);
    assertThat(Files.readString(out.resolve("log/dump.2.log"))).contains(node);
    assertThat(Files.readString(out.resolve("log/dump.4.log"))).doesNotContain(node);
    slurm.run("scontrol", "update", "nodename=" + node, "state=resume");
  }

  @Test
  void moreJobsThanAnArrayMayHave_areRefusedInASentence() throws Exception {
    Path out = folder.resolve("too-many");
    int jobs = SlurmSite.LARGEST_ARRAY + 1;
    assertThat(assertEnd(dump(runner, out, "--nj=" + jobs, "--per-utt"), 1))
        .contains("Invalid job array specification")
        .contains("slurm.pl began none of the " + jobs + " jobs, see its messages above");
  }

  @Test
  void trainingOfARecipe_requeuedAndCancelled_hasTheWeightsOfAnUnbrokenOne() throws Exception {
    Path model = folder.resolve("broken model");
    Path log = folder.resolve("log/train");
    Path script =
        Files.writeString(
            folder.resolve("recipe"),
            """
            set -euo pipefail
            . %s/scripts/lib.sh
            send_steps "%s"
            spawn %s train_model %s 'ark:gunzip -c ali/train.ali.gz|' exp/tri1/final.mdl %s '%s' %s
            join
            """
                .formatted(
                    ROOT,
                    runner,
                    log,
                    folder.resolve("train"),
                    Files.writeString(folder.resolve("fbank.conf"), "# the defaults of fbank\n"),
                    model,
                    String.join(" ", TRAINING)));
    Path messages = folder.resolve("recipe.log");
    Run run = new Run(start(messages, List.of("bash", script.toString())), messages);
    Path checkpoint = model.resolve("checkpoint.safetensors");
    Await.until("there is a checkpoint", () -> Files.exists(checkpoint));
    String job = slurm.run("squeue", "-h", "-t", "R", "-o", "%A").strip();
    slurm.run("scontrol", "requeue", job);
    Await.until(
        "the job goes on",
        () -> Files.exists(log) && Files.readString(log).contains("going on from step"));
    slurm.run("scancel", job);
    assertThat(assertEnd(run, 1)).contains("a step failed; all of its messages are in " + log);

    assertEnd(new Run(start(messages, List.of("bash", script.toString())), messages), 0);
    assertThat(Files.readString(log)).contains("going on from step");
    assertThat(model.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("model/weights.safetensors"));
  }
}
