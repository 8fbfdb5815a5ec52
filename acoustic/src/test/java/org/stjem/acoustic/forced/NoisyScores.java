package org.stjem.acoustic.forced;

import java.util.Random;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Log-likelihoods that are the same on every machine: noise, and more for the pdf that an alignment
 * has. Kaldi aligned the same ones for the goldens, which {@link #main} wrote.
 */
public final class NoisyScores {
  private static final double NOISE = 3;
  private static final double RIGHT = 4;

  private NoisyScores() {}

  /**
   * Writes scores of the pdfs of one model for alignments of another with the same topology.
   *
   * @param utterances so many, from the first
   */
  public static void write(
      TransitionModel model,
      TransitionModel aligned,
      String alignments,
      int utterances,
      String wspecifier) {
    int[][] pdfs = new int[aligned.numTransitionIds() + 1][];
    for (int id = 1; id < pdfs.length; id++) {
      pdfs[id] = new int[] {pdf(model, aligned.phone(id), aligned.hmmState(id), aligned.pdf(id))};
    }
    Random random = new Random(1);
    try (SequentialTableReader<int[]> in = Tables.readIntVectors(alignments);
        TableWriter<FloatMatrix> out = Tables.writeFloatMatrices(wspecifier)) {
      for (int i = 0; i < utterances && in.next(); i++) {
        int[] ids = in.value();
        FloatMatrix scores = new FloatMatrix(ids.length, model.numPdfs());
        for (int t = 0; t < ids.length; t++) {
          for (int pdf = 0; pdf < model.numPdfs(); pdf++) {
            double right = pdf == pdfs[ids[t]][0] ? RIGHT : 0;
            scores.set(t, pdf, (float) (NOISE * random.nextGaussian() + right));
          }
        }
        out.write(in.key(), scores);
      }
      out.commit();
    }
  }

  /** The pdf of the state: the same if the model has it there, else the first. */
  private static int pdf(TransitionModel model, int phone, int state, int pdf) {
    int first = -1;
    for (int id = 1; id <= model.numTransitionIds(); id++) {
      if (model.phone(id) == phone && model.hmmState(id) == state) {
        if (model.pdf(id) == pdf) {
          return pdf;
        }
        first = first < 0 ? model.pdf(id) : first;
      }
    }
    return first;
  }

  /** Model, aligned model, alignments, number of utterances and scores to write. */
  public static void main(String[] args) {
    write(
        TransitionModel.read(args[0]),
        TransitionModel.read(args[1]),
        args[2],
        Integer.parseInt(args[3]),
        args[4]);
  }
}
