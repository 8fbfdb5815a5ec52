package org.stjem.frontend.fbank;

import java.util.Arrays;

/**
 * Power spectra for FFTs of a power of two, many frames at a time.
 *
 * <p>The frames stand side by side: row i holds the i-th value of every frame. So each step of the
 * FFT is the same short arithmetic on whole rows, for which the JVM uses the processor's vector
 * instructions.
 *
 * <p>A real frame of N samples is transformed as N/2 complex values, even samples being the real
 * parts and odd ones the imaginary parts (Cooley and Tukey, radix 2, decimation in time). Loops are
 * kept so short because the JVM vectorises no long ones.
 */
final class BatchedFft implements FrameSpectra {
  private static final int MAX_FRAMES = 64;

  /** Beyond this many samples a batch would not stay in the processor's second-level cache. */
  private static final int MAX_SAMPLES = 1 << 16;

  /** With fewer frames than this, whole rows are not worth their time. */
  private static final int FEW_FRAMES = 16;

  private final int frameSize;
  private final int points;
  private final int capacity;

  /** The complex values in bit-reversed order, then their transform; {@code [points][capacity]}. */
  private final float[][] real;

  private final float[][] imaginary;

  /** The place of each complex value in that order. */
  private final int[] place;

  /** Cosine and sine of −2πk/N for k below N/2. */
  private final float[] cosine;

  private final float[] sine;

  /**
   * Makes room for a batch.
   *
   * @param frameSize samples per frame
   * @param size points of the real FFT, a power of two, at least 4 and not below {@code frameSize}
   */
  BatchedFft(int frameSize, int size) {
    this.frameSize = frameSize;
    points = size / 2;
    capacity = Math.max(1, Math.min(MAX_FRAMES, MAX_SAMPLES / size));
    real = new float[points][capacity];
    imaginary = new float[points][capacity];
    place = new int[points];
    cosine = new float[points];
    sine = new float[points];
    int unusedBits = Integer.numberOfLeadingZeros(points - 1);
    for (int i = 0; i < points; i++) {
      place[i] = Integer.reverse(i) >>> unusedBits;
      cosine[i] = (float) Math.cos(-2 * Math.PI * i / size);
      sine[i] = (float) Math.sin(-2 * Math.PI * i / size);
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public float[][] power(float[] frames, int count) {
    load(frames, count);
    // The remainder of a row costs less than leaving the vector instructions for it.
    int width = count < FEW_FRAMES ? count : capacity;
    transform(width);
    powerOfFirst(real[0], imaginary[0], width);
    int middle = points / 2;
    for (int k = 1; k < middle; k++) {
      int mirror = points - k;
      separate(real[k], imaginary[k], real[mirror], imaginary[mirror], width);
      butterfly(real[k], imaginary[k], real[mirror], imaginary[mirror], cosine[k], sine[k], width);
      squareMagnitude(real[k], imaginary[k], width);
      squareMagnitude(real[mirror], imaginary[mirror], width);
    }
    squareMagnitude(real[middle], imaginary[middle], width);
    return real;
  }

  private void load(float[] frames, int count) {
    int pairs = frameSize / 2;
    for (int i = 0; i < pairs; i++) {
      gather(frames, 2 * i, frameSize, real[place[i]], count);
      gather(frames, 2 * i + 1, frameSize, imaginary[place[i]], count);
    }
    for (int i = pairs; i < points; i++) {
      Arrays.fill(real[place[i]], 0);
      Arrays.fill(imaginary[place[i]], 0);
    }
    if (frameSize % 2 == 1) {
      gather(frames, frameSize - 1, frameSize, real[place[pairs]], count);
    }
  }

  private static void gather(float[] frames, int from, int step, float[] row, int count) {
    for (int i = 0; i < count; i++) {
      row[i] = frames[from + i * step];
    }
  }

  private void transform(int width) {
    for (int half = 1; half < points; half *= 2) {
      int step = points / half;
      for (int k = 0; k < half; k++) {
        for (int a = k; a < points; a += 2 * half) {
          int b = a + half;
          butterfly(
              real[a],
              imaginary[a],
              real[b],
              imaginary[b],
              cosine[k * step],
              sine[k * step],
              width);
        }
      }
    }
  }

  /** (a, b) becomes (a + b·w, a − b·w). */
  private static void butterfly(
      float[] ar, float[] ai, float[] br, float[] bi, float wr, float wi, int width) {
    for (int i = 0; i < width; i++) {
      float tr = br[i] * wr - bi[i] * wi;
      float ti = br[i] * wi + bi[i] * wr;
      float xr = ar[i];
      float xi = ai[i];
      ar[i] = xr + tr;
      ai[i] = xi + ti;
      br[i] = xr - tr;
      bi[i] = xi - ti;
    }
  }

  /**
   * Values a and b of the complex transform at k and N/2 − k become the transforms of the even and
   * of the odd samples at k, from which a butterfly makes that of all samples at k and, conjugate,
   * at N/2 − k.
   */
  private static void separate(float[] ar, float[] ai, float[] br, float[] bi, int width) {
    for (int i = 0; i < width; i++) {
      float xr = ar[i];
      float xi = ai[i];
      float yr = br[i];
      float yi = bi[i];
      ar[i] = 0.5f * (xr + yr);
      ai[i] = 0.5f * (xi - yi);
      br[i] = 0.5f * (xi + yi);
      bi[i] = 0.5f * (yr - xr);
    }
  }

  private static void powerOfFirst(float[] re, float[] im, int width) {
    for (int i = 0; i < width; i++) {
      float sum = re[i] + im[i];
      re[i] = sum * sum;
    }
  }

  private static void squareMagnitude(float[] re, float[] im, int width) {
    for (int i = 0; i < width; i++) {
      re[i] = re[i] * re[i] + im[i] * im[i];
    }
  }
}
