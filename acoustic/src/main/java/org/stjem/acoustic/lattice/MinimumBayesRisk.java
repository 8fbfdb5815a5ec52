package org.stjem.acoustic.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The words with the least expected number of errors if the lattice holds the truth about what may
 * have been said, and the probability of each of them: Haihua Xu, Daniel Povey, Lidia Mangu, Jie
 * Zhu, "Minimum Bayes Risk decoding and system combination based on a recursion for edit distance",
 * Computer Speech and Language, 2011, as Kaldi's lat/sausages.cc computes it.
 *
 * <p>The hypothesis R has an empty place before, between and after its words, so that words can
 * come and go. With Q places and N states, α_n is the log-probability of the paths to state n, and
 * α'(n, q) the expected edit distance between them and the first q places,
 *
 * <pre>
 * α'(n, q) = Σ_a exp(α_s(a) + log p_a − α_n) · α'_a(q), over the arcs a that lead to n from s(a),
 * α'_a(q)  = min(α'(s(a), q−1) + l(w_a, r_q), α'(s(a), q) + l(w_a, ε), α'_a(q−1) + l(ε, r_q)),
 * </pre>
 *
 * where l is 0 for the same word and 1 for another. The probability of word w in place q, γ(q, w),
 * is gathered backwards along the choices of min. Each place then gets its most probable word,
 * which cannot raise the expected distance, until nothing changes.
 */
public final class MinimumBayesRisk {
  private static final int EPSILON = 0;

  /** Makes inserted words a little dearer than others, so that they find a place. */
  private static final double DELTA = 1e-5f;

  private static final int MAX_ITERATIONS = 100;

  /**
   * How to weigh a lattice and what to make of it.
   *
   * @param acousticScale factor of acoustic costs
   * @param lmScale factor of graph costs
   * @param wordInsertionPenalty added to the graph cost of each word
   * @param decodeMbr whether to look for the words with the least expected errors; otherwise they
   *     are those of the best path
   */
  public record Options(
      double acousticScale, double lmScale, double wordInsertionPenalty, boolean decodeMbr) {}

  /**
   * A word of the result.
   *
   * @param word word id
   * @param begin frame at which it begins, a mean over paths
   * @param end frame before which it ends
   * @param confidence its posterior probability
   */
  public record Word(int word, double begin, double end, double confidence) {}

  /**
   * What may have been said in the place of a word.
   *
   * @param word word id, 0 for no word
   * @param posterior its probability
   */
  public record Alternative(int word, double posterior) {}

  /** A word in a place: how probable it is there, and when it is spoken in the mean. */
  private record Candidate(int word, float posterior, float begin, float end) {}

  private final WordGraph graph;
  private final boolean decodeMbr;
  private int[] hypothesis;
  private double risk;
  private List<Word> words;
  private List<List<Alternative>> alternatives;

  /** Computes everything. */
  public MinimumBayesRisk(CompactLattice lattice, Options options) {
    this.graph = new WordGraph(lattice, options);
    this.decodeMbr = options.decodeMbr;
    this.hypothesis = graph.bestPath();
    decode();
  }

  /**
   * Computes the posteriors of given words, whichever would have less risk.
   *
   * @param given word ids without 0
   */
  public MinimumBayesRisk(CompactLattice lattice, Options options, int[] given) {
    this.graph = new WordGraph(lattice, options);
    this.decodeMbr = false;
    this.hypothesis = given.clone();
    decode();
  }

  /** The words, without empty places. */
  public List<Word> words() {
    return words;
  }

  /** What may have been said in the place of each of the words, the most probable first. */
  public List<List<Alternative>> alternatives() {
    return alternatives;
  }

  /** The expected number of errors. */
  public double bayesRisk() {
    return risk;
  }

  private void decode() {
    for (int iteration = 0; ; iteration++) {
      hypothesis = withEmptyPlaces(hypothesis);
      List<List<Candidate>> places = places();
      double change = 0;
      List<Candidate> chosen = new ArrayList<>();
      List<List<Alternative>> others = new ArrayList<>();
      for (int q = 0; q < hypothesis.length; q++) {
        List<Candidate> candidates = places.get(q);
        if (decodeMbr) {
          float before = posterior(candidates, hypothesis[q]);
          change += before - candidates.get(0).posterior;
          hypothesis[q] = candidates.get(0).word;
        }
        if (hypothesis[q] != EPSILON) {
          chosen.add(candidate(candidates, hypothesis[q]));
          others.add(
              candidates.stream().map(one -> new Alternative(one.word, one.posterior)).toList());
        }
      }
      if (change == 0 || iteration > MAX_ITERATIONS) {
        words = inOrder(chosen);
        alternatives = others;
        return;
      }
    }
  }

  private static float posterior(List<Candidate> candidates, int word) {
    for (Candidate candidate : candidates) {
      if (candidate.word == word) {
        return candidate.posterior;
      }
    }
    return 0;
  }

  /**
   * The candidate for a word; without any, the time of the most probable one, and no confidence.
   */
  private static Candidate candidate(List<Candidate> candidates, int word) {
    for (Candidate candidate : candidates) {
      if (candidate.word == word) {
        return candidate;
      }
    }
    Candidate first = candidates.get(0);
    return new Candidate(word, 0, first.begin, first.end);
  }

  /** Shares out the time of words that overlap by their durations. */
  private static List<Word> inOrder(List<Candidate> chosen) {
    int count = chosen.size();
    double[] begin = new double[count];
    double[] end = new double[count];
    for (int i = 0; i < count; i++) {
      begin[i] = chosen.get(i).begin;
      end[i] = chosen.get(i).end;
      if (i > 0 && end[i - 1] > begin[i]) {
        double before = i > 1 ? end[i - 2] : 0;
        double left = Math.max(before, Math.min(begin[i - 1], begin[i]));
        double right = Math.max(end[i - 1], end[i]);
        double first = end[i - 1] - begin[i - 1];
        double second = end[i] - begin[i];
        double middle = first > 0 ? left + (right - left) * first / (first + second) : left;
        begin[i - 1] = left;
        end[i - 1] = middle;
        begin[i] = middle;
        end[i] = right;
      }
    }
    List<Word> ordered = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ordered.add(new Word(chosen.get(i).word, begin[i], end[i], chosen.get(i).posterior));
    }
    return ordered;
  }

  private static int[] withEmptyPlaces(int[] sequence) {
    int[] spoken = Arrays.stream(sequence).filter(label -> label != EPSILON).toArray();
    int[] spread = new int[2 * spoken.length + 1];
    for (int i = 0; i < spoken.length; i++) {
      spread[2 * i + 1] = spoken[i];
    }
    return spread;
  }

  /** The penalized distance between a word of the lattice and none. */
  private static double insertion(int label) {
    return label == EPSILON ? 0 : 1 + DELTA;
  }

  private static double distance(int a, int b) {
    return a == b ? 0 : 1;
  }

  /** Fills α'_a and, for each q, which term is least: 1 word, 2 insertion, 3 deletion. */
  private void arcDistances(int arc, double[][] expected, double[] distances, byte[] choices) {
    double[] before = expected[graph.source[arc]];
    double inserted = insertion(graph.word[arc]);
    distances[0] = before[0] + inserted;
    for (int q = 1; q < distances.length; q++) {
      int place = hypothesis[q - 1];
      double matched = before[q - 1] + distance(graph.word[arc], place);
      double insertion = before[q] + inserted;
      double deletion = distances[q - 1] + distance(EPSILON, place);
      if (matched <= insertion && matched <= deletion) {
        choices[q] = 1;
        distances[q] = matched;
      } else if (insertion < matched && insertion <= deletion) {
        choices[q] = 2;
        distances[q] = insertion;
      } else {
        choices[q] = 3;
        distances[q] = deletion;
      }
    }
  }

  /** α', {@code [states, places + 1]}. */
  private double[][] expectedDistances() {
    int places = hypothesis.length;
    double[][] expected = new double[graph.states][places + 1];
    for (int q = 1; q <= places; q++) {
      expected[0][q] = expected[0][q - 1] + distance(EPSILON, hypothesis[q - 1]);
    }
    double[] distances = new double[places + 1];
    byte[] choices = new byte[places + 1];
    for (int state = 1; state < graph.states; state++) {
      for (int arc = graph.firstArc[state]; arc < graph.firstArc[state + 1]; arc++) {
        arcDistances(arc, expected, distances, choices);
        double share = graph.share(arc, state);
        for (int q = 0; q <= places; q++) {
          expected[state][q] += share * distances[q];
        }
      }
    }
    return expected;
  }

  /** Sums for one word in one place: of posteriors, and of them times begin and end. */
  private static final class Sums {
    double posterior;
    double begin;
    double end;

    void add(double probability, int first, int last) {
      posterior += probability;
      begin += probability * first;
      end += probability * last;
    }
  }

  /** The candidates of each place, the most probable first; also sets the expected errors. */
  private List<List<Candidate>> places() {
    int places = hypothesis.length;
    double[][] expected = expectedDistances();
    risk = expected[graph.states - 1][places];
    List<Map<Integer, Sums>> gamma = new ArrayList<>();
    for (int q = 0; q <= places; q++) {
      gamma.add(new TreeMap<>());
    }
    double[][] beta = new double[graph.states][places + 1];
    beta[graph.states - 1][places] = 1;
    double[] distances = new double[places + 1];
    byte[] choices = new byte[places + 1];
    double[] arcBeta = new double[places + 1];
    for (int state = graph.states - 1; state > 0; state--) {
      for (int arc = graph.firstArc[state]; arc < graph.firstArc[state + 1]; arc++) {
        arcDistances(arc, expected, distances, choices);
        double share = graph.share(arc, state);
        double[] before = beta[graph.source[arc]];
        Arrays.fill(arcBeta, 0);
        for (int q = places; q > 0; q--) {
          arcBeta[q] += share * beta[state][q];
          switch (choices[q]) {
            case 1 -> {
              before[q - 1] += arcBeta[q];
              add(
                  gamma.get(q),
                  graph.word[arc],
                  arcBeta[q],
                  graph.time[graph.source[arc]],
                  graph.time[state]);
            }
            case 2 -> before[q] += arcBeta[q];
            default -> {
              arcBeta[q - 1] += arcBeta[q];
              add(gamma.get(q), EPSILON, arcBeta[q], graph.time[state], graph.time[state]);
            }
          }
        }
        before[0] += arcBeta[0] + share * beta[state][0];
      }
    }
    Arrays.fill(arcBeta, 0);
    for (int q = places; q > 0; q--) {
      arcBeta[q] += beta[0][q];
      arcBeta[q - 1] += arcBeta[q];
      add(gamma.get(q), EPSILON, arcBeta[q], 0, 0);
    }
    return gamma.subList(1, places + 1).stream().map(MinimumBayesRisk::candidates).toList();
  }

  private static void add(
      Map<Integer, Sums> sums, int label, double probability, int from, int to) {
    if (probability != 0) {
      sums.computeIfAbsent(label, unused -> new Sums()).add(probability, from, to);
    }
  }

  private static List<Candidate> candidates(Map<Integer, Sums> sums) {
    List<Candidate> candidates = new ArrayList<>();
    sums.forEach(
        (label, sum) ->
            candidates.add(
                new Candidate(
                    label,
                    (float) sum.posterior,
                    (float) (sum.begin / sum.posterior),
                    (float) (sum.end / sum.posterior))));
    candidates.sort(
        (a, b) ->
            a.posterior != b.posterior
                ? Float.compare(b.posterior, a.posterior)
                : Integer.compare(b.word, a.word));
    return candidates;
  }
}
