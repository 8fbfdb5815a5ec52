package org.stjem.frontend.cmvn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;

/** An hour of audio as one utterance, to spliced features, in a process with 8 MB of heap. */
class StreamingMemoryIT {
  private static final int SECONDS = 3600;

  @Test
  void chain_oneHour_fitsIntoEightMegabytes() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                "-cp",
                System.getProperty("java.class.path"),
                StreamingMemoryIT.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.strip()).endsWith((100 * SECONDS - 2) + " frames of 720");
  }

  /** What the process runs: a second of audio at a time. */
  public static void main(String[] args) {
    FbankOptions options = new FbankOptions();
    CmvnStats global = new CmvnStats(options.dim());
    FbankExtractor extractor = new FbankExtractor(options);
    global.accumulate(extractor.compute(new float[4000]));
    OnlineCmvn cmvn = new OnlineCmvn(new OnlineCmvnOptions(), global);
    SpliceStream splice = new SpliceStream(new FrameContext(4, 4), options.dim());
    SplittableRandom random = new SplittableRandom(1);
    float[] second = new float[16000];
    long frames = 0;
    for (int s = 0; s < SECONDS; s++) {
      for (int i = 0; i < second.length; i++) {
        second[i] = random.nextInt(-1000, 1000);
      }
      frames += splice.accept(cmvn.accept(extractor.accept(second))).rows();
    }
    frames += splice.accept(cmvn.accept(extractor.finish())).rows();
    FloatMatrix last = splice.finish();
    System.out.println((frames + last.rows()) + " frames of " + last.cols());
  }
}
