package org.stjem.frontend.fbank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.kaldi.FloatRows;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

class UtteranceFbankTest {
  private static final int SAMPLES = 50_123;

  @CommandLine.Command
  private static final class Options {
    @Mixin private final FbankOptions fbank = new FbankOptions();
    @Mixin private final UtteranceOptions utterance = new UtteranceOptions();
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 1, --sample-frequency=8000",
    "16000, 1, --dither=1 --subtract-mean",
    "16000, 1, --snip-edges=false --use-energy --subtract-mean",
    "16000, 0.9, --channel=1 --use-log-fbank=false",
    "44100, 1, --allow-downsample --subtract-mean",
    "8000, 1.1, --allow-upsample --snip-edges=false --dither=1",
    "11025, 1, --allow-upsample"
  })
  void compute_blockByBlock_equalsAtOnce(int rate, float warp, String arguments)
      throws IOException {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments.split(" "));
    SplittableRandom random = new SplittableRandom(3);
    float[][] channels = new float[2][SAMPLES];
    for (float[] channel : channels) {
      for (int i = 0; i < SAMPLES; i++) {
        channel[i] = random.nextInt(-3000, 3000);
      }
    }
    WaveData wave = new WaveData(rate, channels);
    UtteranceFbank fbank = new UtteranceFbank(options.fbank, options.utterance);

    FloatRows whole = fbank.compute("u1", wave, warp);
    FloatRows streamed = fbank.compute("u1", wave, warp, 1000);

    assertThat(streamed).isInstanceOf(StreamedFbank.class);
    assertThat(streamed.rows()).isEqualTo(whole.rows()).isGreaterThan(100);
    assertThat(streamed.cols()).isEqualTo(whole.cols());
    assertThat(streamed.toMatrix().data()).isEqualTo(whole.toMatrix().data());
    // It can be asked again.
    assertThat(streamed.toMatrix().data()).isEqualTo(whole.toMatrix().data());
  }
}
