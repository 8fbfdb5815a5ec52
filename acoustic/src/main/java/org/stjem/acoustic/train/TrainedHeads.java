package org.stjem.acoustic.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.data.HeadLabels;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.net.ModelHead;
import org.stjem.acoustic.net.Priors;

/**
 * What the heads of a training are called and weigh.
 *
 * @param first name of the head whose labels the alignments are
 * @param weights of heads by name, 1 where there is none
 */
public record TrainedHeads(String first, Map<String, Double> weights) {
  /** One head, which needs no name. */
  public static final TrainedHeads ONE = new TrainedHeads("", Map.of());

  /** The heads of a corpus; none where it has labels of one alone. */
  List<ModelHead> of(FrameCorpus corpus, double labelSmoothing) {
    if (corpus.further().isEmpty()) {
      return List.of();
    }
    List<ModelHead> heads = new ArrayList<>();
    heads.add(head(first, List.of(), corpus.classCounts(), labelSmoothing));
    for (HeadLabels it : corpus.further()) {
      heads.add(head(it.name(), it.classNames(), it.classCounts(), labelSmoothing));
    }
    return heads;
  }

  private ModelHead head(String name, List<String> labels, double[] counts, double smoothing) {
    double weight = weights.getOrDefault(name, 1.0);
    return new ModelHead(name, counts.length, weight, labels, Priors.smoothed(counts, smoothing));
  }

  /**
   * Requires weights to be those of heads that there are.
   *
   * @param further names of the heads after the first
   * @throws TrainingException if there is another, or two heads have one name
   */
  public void check(List<String> further) {
    Set<String> names = new TreeSet<>(further);
    names.add(first);
    if (names.size() != further.size() + 1) {
      throw new TrainingException("two heads have one name, among " + first + ", " + further);
    }
    for (String name : weights.keySet()) {
      if (!names.contains(name)) {
        throw new TrainingException("a weight for head '" + name + "', but there are " + names);
      }
    }
  }
}
