package org.stjem.acoustic.watch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.stjem.acoustic.recognition.DecodingGraph;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * The phones that pdfs stand for, whatever their place in a word; phones that share a pdf are one
 * group.
 */
final class PhoneGroups {
  private static final String POSITION = "_[BIES]$";

  /** More names than these are too long to read. */
  private static final int MOST_NAMES = 3;

  private final List<String> names = new ArrayList<>();
  private final int[] groupOfPdf;

  PhoneGroups(DecodingGraph graph) {
    TransitionModel transitions = graph.transitions();
    Map<Integer, TreeSet<String>> phones = new TreeMap<>();
    for (int id = 1; id <= transitions.numTransitionIds(); id++) {
      phones
          .computeIfAbsent(transitions.pdf(id), unused -> new TreeSet<>())
          .add(graph.phoneName(transitions.phone(id)).replaceFirst(POSITION, ""));
    }
    groupOfPdf = new int[graph.numPdfs()];
    Map<String, Integer> groups = new LinkedHashMap<>();
    for (int pdf = 0; pdf < groupOfPdf.length; pdf++) {
      String name = name(phones.getOrDefault(pdf, new TreeSet<>()));
      groupOfPdf[pdf] = groups.computeIfAbsent(name, unused -> groups.size());
    }
    names.addAll(groups.keySet());
  }

  private static String name(TreeSet<String> phones) {
    return phones.size() <= MOST_NAMES
        ? String.join("/", phones)
        : String.join("/", phones.stream().limit(MOST_NAMES).toList()) + "/…";
  }

  List<String> names() {
    return names;
  }

  /**
   * Posteriors of the groups.
   *
   * @param logits {@code [frames, pdfs]}
   * @param logDensity their logsumexp, {@code [frames]}
   * @return {@code [frames, groups]}
   */
  FloatMatrix posteriors(FloatMatrix logits, double[] logDensity) {
    FloatMatrix posteriors = new FloatMatrix(logits.rows(), names.size());
    for (int t = 0; t < logits.rows(); t++) {
      for (int pdf = 0; pdf < groupOfPdf.length; pdf++) {
        int at = t * names.size() + groupOfPdf[pdf];
        posteriors.data()[at] += (float) Math.exp(logits.get(t, pdf) - logDensity[t]);
      }
    }
    return posteriors;
  }
}
