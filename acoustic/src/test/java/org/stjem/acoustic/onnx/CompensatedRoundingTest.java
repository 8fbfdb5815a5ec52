package org.stjem.acoustic.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.Tensor;

/** Rounding with regard to what a layer meets. */
class CompensatedRoundingTest {
  private static final int INPUTS = 24;
  private static final int OUTPUTS = 10;
  private static final int FRAMES = 600;

  private final Random random = new Random(5);

  private float[] gaussian(int size, double stddev) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (stddev * random.nextGaussian());
    }
    return values;
  }

  /** Frames of correlated inputs whose mean is 1, each followed by itself in steps of 1/4. */
  private float[] frames() {
    float[] mixing = gaussian(INPUTS * INPUTS, 0.4);
    float[] frames = new float[FRAMES * 2 * INPUTS];
    for (int t = 0; t < FRAMES; t++) {
      float[] causes = gaussian(INPUTS, 1);
      for (int i = 0; i < INPUTS; i++) {
        float x = 1;
        for (int k = 0; k < INPUTS; k++) {
          x += mixing[i * INPUTS + k] / (1 + k) * causes[k];
        }
        frames[2 * t * INPUTS + i] = x;
        frames[(2 * t + 1) * INPUTS + i] = (float) Math.floor(4 * x) / 4;
      }
    }
    return frames;
  }

  private static InputMoments moments(float[] frames) {
    InputMoments moments = new InputMoments(INPUTS);
    int half = frames.length / 2;
    moments.add(FloatBuffer.wrap(frames, 0, half));
    moments.add(FloatBuffer.wrap(frames, half, half));
    return moments;
  }

  /** Root of the mean of (w · x + b − q · a − c)², and its mean without the square. */
  private static double[] error(MlpGraph.Layer layer, RoundedLayer rounded, float[] frames) {
    double squares = 0;
    double sum = 0;
    for (int t = 0; t < FRAMES; t++) {
      for (int unit = 0; unit < OUTPUTS; unit++) {
        double difference = layer.bias().values()[unit] - rounded.bias()[unit];
        for (int i = 0; i < INPUTS; i++) {
          difference += layer.weight().values()[unit * INPUTS + i] * frames[2 * t * INPUTS + i];
          difference -=
              rounded.scales()[unit]
                  * rounded.values()[i * OUTPUTS + unit]
                  * frames[(2 * t + 1) * INPUTS + i];
        }
        squares += difference * difference;
        sum += difference;
      }
    }
    return new double[] {
      Math.sqrt(squares / FRAMES / OUTPUTS), sum / FRAMES / OUTPUTS,
    };
  }

  private MlpGraph.Layer layer() {
    return new MlpGraph.Layer(
        new Tensor(new long[] {OUTPUTS, INPUTS}, gaussian(OUTPUTS * INPUTS, 1)),
        Tensor.of(gaussian(OUTPUTS, 1)));
  }

  @Test
  void error_isLessThanOfNearestValues_andHasNoMean() {
    MlpGraph.Layer layer = layer();
    float[] frames = frames();
    double[] nearest = error(layer, RoundedLayer.nearest(layer), frames);
    double[] compensated = error(layer, CompensatedRounding.round(layer, moments(frames)), frames);
    assertThat(compensated[0]).isLessThan(nearest[0] / 2);
    assertThat(nearest[1]).isGreaterThan(0.05);
    assertThat(compensated[1]).isCloseTo(0, within(1e-5));
  }

  @Test
  void weightsAlone_areCompensated_whereInputsAreExact() {
    MlpGraph.Layer layer = layer();
    float[] frames = frames();
    for (int t = 0; t < FRAMES; t++) {
      System.arraycopy(frames, 2 * t * INPUTS, frames, (2 * t + 1) * INPUTS, INPUTS);
    }
    double[] nearest = error(layer, RoundedLayer.nearest(layer), frames);
    double[] compensated = error(layer, CompensatedRounding.round(layer, moments(frames)), frames);
    assertThat(compensated[0]).isLessThan(nearest[0] / 1.5);
  }

  @Test
  void result_hasTheSameBitsEachTime() {
    MlpGraph.Layer layer = layer();
    float[] frames = frames();
    RoundedLayer first = CompensatedRounding.round(layer, moments(frames));
    RoundedLayer second = CompensatedRounding.round(layer, moments(frames));
    assertThat(second.values()).isEqualTo(first.values());
    assertThat(second.scales()).isEqualTo(first.scales());
    assertThat(second.bias()).isEqualTo(first.bias());
  }

  /** Two inputs that are always equal: what the first lacks, the second gives. */
  @Test
  void errorOfAnInput_goesToTheOneThatIsLikeIt() {
    MlpGraph.Layer layer =
        new MlpGraph.Layer(
            new Tensor(new long[] {1, 3}, new float[] {63, 0.4f, 0.4f}), Tensor.of(2));
    InputMoments met = new InputMoments(3);
    for (float first : new float[] {-1, 1}) {
      for (float second : new float[] {-1, 1}) {
        met.add(FloatBuffer.wrap(new float[] {first, second, second, first, second, second}));
      }
    }
    RoundedLayer rounded = CompensatedRounding.round(layer, met);
    assertThat(RoundedLayer.nearest(layer).values()).containsExactly(63, 0, 0);
    assertThat(rounded.values()).containsExactly(63, 0, 1);
    assertThat(rounded.scales()[0]).isCloseTo(1, within(1e-6f));
    assertThat(rounded.bias()[0]).isCloseTo(2, within(1e-6f));
  }

  @Test
  void inputsThatNeverChange_leaveTheWeightsAsTheyAre() {
    MlpGraph.Layer layer = layer();
    float[] frames = new float[2 * INPUTS];
    java.util.Arrays.fill(frames, 3);
    InputMoments met = new InputMoments(INPUTS);
    met.add(FloatBuffer.wrap(frames));
    assertThat(CompensatedRounding.round(layer, met).values())
        .isEqualTo(RoundedLayer.nearest(layer).values());
  }
}
