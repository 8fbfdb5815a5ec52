package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Command train over ten thousand updates with everything that makes arrays: adaptive samples,
 * averaged weights, gradient penalty, checkpoints. Its resident set must not grow.
 *
 * <p>The heap is touched as a whole at the start, so that what grows is memory of the engine, of
 * direct buffers or of the virtual machine itself. 32 MB over 8 000 updates are 4 kB for each: less
 * than the smallest weight matrix here, of 32 × 32 floats, and far less than one copy of all
 * parameters, 50 kB.
 */
class TrainMemoryIT {
  private static final long WARM = 2_000;
  private static final long UPDATES = 10_000;
  private static final long BOUND_KB = 32 << 10;
  private static final Pattern STEP = Pattern.compile("\\{\"step\":(\\d+),");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  @TempDir private Path folder;

  private record Sample(long step, long residentKb) {}

  @Test
  void train_overTenThousandUpdates_needsNoMoreMemoryAtTheEndThanAfterWarmUp() throws Exception {
    MiniTraining mini = new MiniTraining(folder);
    Path model = folder.resolve("model");
    Process run =
        mini.train(
            List.of("-XX:+UseSerialGC", "-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch"),
            model,
            "--num-epochs=13",
            "--minibatch-size=32",
            "--hidden-layers=32,32",
            "--sgld-samples=2",
            "--sgld-steps=2",
            "--sgld-adaptive",
            "--buffer-size=500",
            "--gradient-penalty=0.01",
            "--average-weights=0.999",
            "--log-interval=100",
            "--checkpoint-interval=500");
    List<Sample> samples = watch(run, model.resolve("train.jsonl"));
    assertThat(run.waitFor()).as(mini.log()).isZero();

    long last = samples.get(samples.size() - 1).step();
    assertThat(last).as("updates seen").isGreaterThanOrEqualTo(UPDATES);
    long warm = most(samples, step -> step >= WARM / 2 && step <= WARM);
    long end = most(samples, step -> step >= last - WARM);
    String story = curve(samples);
    System.out.println(story);
    assertThat(end).as(story).isLessThanOrEqualTo(warm + BOUND_KB);
  }

  /** Looks at the process whenever it has reported another step. */
  private static List<Sample> watch(Process run, Path journal) throws Exception {
    List<Sample> samples = new ArrayList<>();
    long seen = 0;
    while (run.isAlive()) {
      long step = Files.exists(journal) ? lastStep(journal) : 0;
      if (step > seen) {
        Matcher matcher = RESIDENT.matcher(status(run));
        if (matcher.find()) {
          samples.add(new Sample(step, Long.parseLong(matcher.group(1))));
          seen = step;
        }
      }
      Thread.sleep(20);
    }
    return samples;
  }

  private static String status(Process run) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(run.pid()), "status"));
    } catch (IOException e) {
      return "";
    }
  }

  private static long lastStep(Path journal) throws IOException {
    try (Stream<String> lines = Files.lines(journal)) {
      return lines
          .map(STEP::matcher)
          .filter(Matcher::lookingAt)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .max()
          .orElse(0);
    }
  }

  private static long most(List<Sample> samples, LongPredicate steps) {
    return samples.stream()
        .filter(sample -> steps.test(sample.step()))
        .mapToLong(Sample::residentKb)
        .max()
        .orElseThrow();
  }

  private static String curve(List<Sample> samples) {
    StringBuilder text = new StringBuilder("resident set in MB:");
    for (Sample sample : samples) {
      if (sample.step() % 1000 == 0) {
        text.append(' ').append(sample.step()).append(": ").append(sample.residentKb() >> 10);
      }
    }
    return text.toString();
  }
}
