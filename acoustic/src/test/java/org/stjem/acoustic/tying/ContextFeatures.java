package org.stjem.acoustic.tying;

import java.util.Random;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Features that are the same on every machine: noise around a mean that depends on the state, its
 * phone and that phone's neighbours. Kaldi made the goldens of the same ones, which {@link #main}
 * wrote.
 */
public final class ContextFeatures {
  private static final int DIM = 3;
  private static final double OWN = 4;
  private static final double NEIGHBOUR = 1.5;

  private ContextFeatures() {}

  /**
   * Writes features of aligned utterances.
   *
   * @param utterances so many, from the first
   */
  public static void write(
      TransitionModel model, String alignments, int utterances, String wspecifier) {
    Random random = new Random(1);
    int phones = 1 + model.topology().phones()[model.topology().phones().length - 1];
    double[][] means = new double[3 * phones][DIM];
    for (double[] mean : means) {
      for (int d = 0; d < DIM; d++) {
        mean[d] = random.nextGaussian();
      }
    }
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(alignments);
        TableWriter<FloatMatrix> out = Tables.writeFloatMatrices(wspecifier)) {
      for (int i = 0; i < utterances && in.next(); i++) {
        int[] ids = in.value();
        PhoneSplit split = PhoneSplit.of(model, ids);
        FloatMatrix features = new FloatMatrix(ids.length, DIM);
        for (int p = 0; p < split.spans().size(); p++) {
          int[] window = split.window(p, 3, 1);
          int begin = split.spans().get(p).firstFrame();
          for (int t = begin; t < begin + split.spans().get(p).frames(); t++) {
            int state = model.hmmState(ids[t]);
            for (int d = 0; d < DIM; d++) {
              double mean =
                  OWN * means[window[1]][d]
                      + state
                      + NEIGHBOUR * means[phones + window[0]][d] / (1 + state)
                      + NEIGHBOUR * means[2 * phones + window[2]][d] * state / 2;
              features.set(t, d, (float) (mean + random.nextGaussian()));
            }
          }
        }
        out.write(in.key(), features);
      }
      out.commit();
    }
  }

  /** Model, alignments, number of utterances and features to write. */
  public static void main(String[] args) {
    write(TransitionModel.read(args[0]), args[1], Integer.parseInt(args[2]), args[3]);
  }
}
