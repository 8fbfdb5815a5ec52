package org.stjem.frontend.cmvn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Audio to filterbanks, online CMVN and splicing, in chunks of every size: the same bits. */
class StreamingChainTest {
  private static final FrameContext CONTEXT = new FrameContext(4, 3);

  private final Random random = new Random(20);

  @ParameterizedTest
  @CsvSource({"true, false, 600", "true, true, 50", "false, true, 20", "false, false, 1"})
  void chain_anyCutting_givesTheSameBits(boolean snipEdges, boolean variances, int window) {
    FbankOptions fbank = new FbankOptions();
    fbank.snipEdges = snipEdges;
    OnlineCmvnOptions cmvn = new OnlineCmvnOptions();
    cmvn.cmnWindow = window;
    cmvn.normVars = variances;
    CmvnStats global = new CmvnStats(fbank.dim());
    global.accumulate(new FbankExtractor(fbank).compute(noise(8000)));
    Chain chain = new Chain(fbank, cmvn, global);
    for (int trial = 0; trial < 8; trial++) {
      float[][] utterances = {noise(random.nextInt(1500)), noise(random.nextInt(24000))};
      List<float[]> expected = new ArrayList<>();
      List<float[]> actual = new ArrayList<>();
      // Two utterances of a speaker, for the second leans on the first.
      OnlineCmvn whole = new OnlineCmvn(cmvn, global);
      FbankExtractor extractor = new FbankExtractor(fbank);
      for (int u = 0; u < utterances.length; u++) {
        extractor.start(1, u);
        FloatMatrix feats = extractor.compute(utterances[u]);
        expected.add(CONTEXT.splice(whole.accept(feats)).data());
        whole.finish();
      }
      int longest = trial % 2 == 0 ? 100 : 9000;
      chain.startSpeaker();
      for (int u = 0; u < utterances.length; u++) {
        actual.add(chain.run(utterances[u], u, longest, random));
      }
      for (int u = 0; u < utterances.length; u++) {
        // The index of the first float that differs; no assertion looks as fast at so many.
        assertThat(Arrays.mismatch(actual.get(u), expected.get(u))).isEqualTo(-1);
      }
    }
  }

  /** The three stages one behind the other. */
  private static final class Chain {
    private final FbankExtractor extractor;
    private final OnlineCmvn cmvn;
    private final SpliceStream splice;
    private float[] rows = new float[0];

    Chain(FbankOptions fbank, OnlineCmvnOptions options, CmvnStats global) {
      extractor = new FbankExtractor(fbank);
      cmvn = new OnlineCmvn(options, global);
      splice = new SpliceStream(CONTEXT, fbank.dim());
    }

    void startSpeaker() {
      cmvn.startSpeaker();
    }

    float[] run(float[] samples, int seed, int longest, Random random) {
      rows = new float[0];
      extractor.start(1, seed);
      for (int at = 0; at < samples.length; ) {
        int to = Math.min(samples.length, at + random.nextInt(longest + 1));
        append(splice.accept(cmvn.accept(extractor.accept(samples, at, to))));
        at = to;
      }
      append(splice.accept(cmvn.accept(extractor.finish())));
      cmvn.finish();
      append(splice.finish());
      return rows;
    }

    private void append(FloatMatrix more) {
      int filled = rows.length;
      rows = Arrays.copyOf(rows, filled + more.data().length);
      System.arraycopy(more.data(), 0, rows, filled, more.data().length);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4, 4", "0, 3", "3, 0", "40, 1", "1, 40"})
  void splice_oneFrameAfterTheOther_equalsTheWhole(int left, int right) {
    FrameContext context = new FrameContext(left, right);
    SpliceStream stream = new SpliceStream(context, 2);
    for (int frames = 0; frames < 12; frames++) {
      FloatMatrix feats = new FloatMatrix(frames, 2, noise(2 * frames));
      float[] expected = context.splice(feats).data();
      int width = 2 * (left + 1 + right);
      int row = 0;
      for (int t = 0; t < frames; t++) {
        FloatMatrix ready = stream.accept(feats.rows(t, t + 1));
        assertThat(ready.rows()).isEqualTo(t < right ? 0 : 1);
        assertThat(ready.data())
            .containsExactly(
                Arrays.copyOfRange(expected, row * width, (row += ready.rows()) * width));
      }
      FloatMatrix rest = stream.finish();
      assertThat(row + rest.rows()).isEqualTo(frames);
      assertThat(rest.data())
          .containsExactly(Arrays.copyOfRange(expected, row * width, expected.length));
    }
  }

  @Test
  void splice_otherNumberOfBins_isRefused() {
    SpliceStream stream = new SpliceStream(CONTEXT, 2);
    assertThatThrownBy(() -> stream.accept(new FloatMatrix(1, 3)))
        .isInstanceOf(StjemException.class)
        .hasMessage("features have 3 bins where 2 are due");
  }

  private float[] noise(int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (random.nextGaussian() * 1000);
    }
    return samples;
  }
}
