package org.stjem.frontend.vocoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.MelInversion;
import org.stjem.frontend.kaldi.FloatMatrix;

/** The measure of docs/results/griffin-lim.md, over all of the bundled corpus. */
class GriffinLimMiniIT {
  @ParameterizedTest
  @ValueSource(doubles = {0.99, 0})
  void synthesise_wholeMiniCorpus_convergesBelowMinusTwentyDecibels(double momentum)
      throws IOException {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    FbankExtractor extractor = new FbankExtractor(options);
    MelInversion inversion = new MelInversion(options);
    GriffinLim griffinLim = new GriffinLim(options, 60, momentum, 0);
    double[] asked = new double[2];
    double[] truth = new double[2];
    double[] inverted = new double[2];
    double worst = Double.NEGATIVE_INFINITY;
    double featureError = 0;
    long values = 0;
    double seconds = 0;
    long nanos = 0;
    Path mini = Path.of(System.getProperty("stjem.root"), "scripts", "mini");
    for (String part : List.of("train", "test")) {
      for (String line : Files.readAllLines(mini.resolve("data/" + part + "/wav.scp"))) {
        float[] samples;
        Path file = mini.resolve(line.split(" ")[1]);
        try (InputStream in = Files.newInputStream(file)) {
          samples = WaveReader.read(in, file.toString()).channel(0);
        }
        FloatMatrix feats = extractor.compute(samples);
        long start = System.nanoTime();
        float[][] magnitudes = inversion.magnitudes(feats);
        GriffinLim.Result result = griffinLim.synthesise(magnitudes);
        nanos += System.nanoTime() - start;
        seconds += samples.length / 16000.0;
        asked[0] += result.squaredError();
        asked[1] += result.squaredNorm();
        worst = Math.max(worst, result.convergence());
        float[][] wanted = Spectra.magnitudes(samples, options);
        Spectra.addTo(truth, Spectra.magnitudes(result.samples(), options), wanted);
        Spectra.addTo(inverted, magnitudes, wanted);
        FloatMatrix again = extractor.compute(result.samples());
        for (int i = 0; i < feats.data().length; i++) {
          featureError += Math.pow(4.343 * (again.data()[i] - feats.data()[i]), 2);
        }
        values += feats.data().length;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "momentum %.2f, %.0f s of audio at %.0f times real time: %.2f dB of the magnitudes asked"
            + " for (worst utterance %.2f); of the true magnitudes %.2f dB, which the magnitudes"
            + " asked for miss by %.2f dB; log-Mel features differ by %.2f dB rms%n",
        momentum,
        seconds,
        seconds / (nanos / 1e9),
        GriffinLim.Result.convergence(asked[0], asked[1]),
        worst,
        GriffinLim.Result.convergence(truth[0], truth[1]),
        GriffinLim.Result.convergence(inverted[0], inverted[1]),
        Math.sqrt(featureError / values));
    if (momentum > 0) {
      assertThat(GriffinLim.Result.convergence(asked[0], asked[1])).isLessThan(-20);
    }
  }
}
