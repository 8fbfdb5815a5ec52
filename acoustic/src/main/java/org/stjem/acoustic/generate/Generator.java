package org.stjem.acoustic.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.ebm.SeededRandom;

/**
 * Makes sequences of a model by SGLD. Each has random numbers of its own, so that it does not
 * depend on what is generated beside it, but for rounding.
 *
 * @param model that is sampled
 * @param sgld the chains
 * @param smoothing preconditioner of a block
 * @param start where sequences start
 * @param startRange of uniform starts
 * @param seed of starts and noise
 * @param speaker column of the speaker of all sequences among those of all heads, −1 for none
 */
public record Generator(
    SequenceModel model,
    AnnealedSgld sgld,
    Function<SequenceShape, AnnealedSgld.RootOfPreconditioner> smoothing,
    SequenceStart start,
    double startRange,
    long seed,
    int speaker) {

  /**
   * Generates some sequences side by side.
   *
   * @param progress told after each step how many have been made
   */
  public List<Generated> generate(List<Request> block, IntConsumer progress) {
    SequenceShape shape = model.shape(block.stream().map(Request::frames).toList());
    SeededRandom[] randoms = new SeededRandom[block.size()];
    int[] labels = new int[shape.totalFrames()];
    int at = 0;
    for (int i = 0; i < randoms.length; i++) {
      Request request = block.get(i);
      randoms[i] = new SeededRandom(seed, request.stream());
      if (request.labels() == null) {
        Arrays.fill(labels, at, at + request.frames(), -1);
      } else {
        System.arraycopy(request.labels(), 0, labels, at, request.frames());
      }
      at += request.frames();
    }
    int[] ends = shape.ends();
    float[] x = new float[shape.size()];
    for (int i = 0; i < randoms.length; i++) {
      start.fill(x, shape.start(i), ends[i], startRange, randoms[i]);
    }
    double[][] courses = new double[block.size()][sgld.steps() + 1];
    sgld.run(
        score(shape, labels),
        x,
        ends,
        randoms,
        null,
        smoothing.apply(shape),
        (steps, scores) -> {
          for (int i = 0; i < scores.length; i++) {
            courses[i][steps] = -scores[i] / block.get(i).frames();
          }
          progress.accept(steps);
        });
    List<Generated> made = new ArrayList<>();
    for (int i = 0; i < randoms.length; i++) {
      Request request = block.get(i);
      made.add(
          new Generated(
              request.key(),
              request.source(),
              request.labels(),
              model.features(x, shape.start(i), request.frames()),
              courses[i]));
    }
    return made;
  }

  private ScoreField score(SequenceShape shape, int[] labels) {
    int[] speakers = new int[labels.length];
    Arrays.fill(speakers, speaker);
    return model.score(shape, labels, speakers);
  }
}
