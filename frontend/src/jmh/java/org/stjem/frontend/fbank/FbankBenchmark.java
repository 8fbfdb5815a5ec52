package org.stjem.frontend.fbank;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Time per frame, from 16-bit samples in memory to features, and of the stages on the way. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FbankBenchmark {
  private static final int FRAMES = 998;
  private static final int BATCH = 64;

  /** Ten seconds of coloured noise at 16 kHz. */
  @State(Scope.Benchmark)
  public static class Samples {
    final short[] pcm = new short[160_000];

    @Param({"0", "1"})
    public float dither;

    FbankExtractor extractor;

    /** Makes the samples. */
    @Setup
    public void make() {
      Random random = new Random(1);
      double state = 0;
      for (int i = 0; i < pcm.length; i++) {
        state = 0.95 * state + random.nextGaussian() * 300;
        pcm[i] = (short) state;
      }
      FbankOptions options = new FbankOptions();
      options.dither = dither;
      extractor = new FbankExtractor(options);
    }
  }

  /** A batch of windowed frames and what its stages need. */
  @State(Scope.Benchmark)
  public static class Batch {
    final FbankOptions options = new FbankOptions();
    final float[] frames = new float[BATCH * options.windowSize()];
    final BatchedFft fft = new BatchedFft(options.windowSize(), options.paddedWindowSize());
    final MelBanks banks = new MelBanks(options, 1);
    final float[][] spectra = new float[options.paddedWindowSize() / 2][BATCH];
    final float[] filtered = new float[BATCH];
    final float[] out = new float[BATCH * options.dim()];

    /** Fills the frames. */
    @Setup
    public void make() {
      Random random = new Random(1);
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) (random.nextGaussian() * 1000);
      }
      for (float[] row : spectra) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextFloat() * 1e8f;
        }
      }
    }
  }

  /** All stages. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public FloatMatrix features(Samples samples) {
    float[] floats = new float[samples.pcm.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = samples.pcm[i];
    }
    return samples.extractor.compute(floats);
  }

  /** Transposition, FFT and squared magnitudes. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[][] powerSpectrum(Batch batch) {
    return batch.fft.power(batch.frames, BATCH);
  }

  /** The 80 filters. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] melFilters(Batch batch) {
    for (int bin = 0; bin < batch.banks.numBins(); bin++) {
      batch.banks.filter(bin, batch.spectra, batch.filtered, BATCH);
    }
    return batch.filtered;
  }

  /** The 80 logarithms. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] logarithms(Batch batch) {
    for (int i = 0; i < batch.out.length; i++) {
      batch.out[i] = (float) Math.log(batch.spectra[i % 256][i % BATCH]);
    }
    return batch.out;
  }
}
