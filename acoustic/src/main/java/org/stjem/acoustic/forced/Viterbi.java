package org.stjem.acoustic.forced;

import java.util.Arrays;
import org.stjem.frontend.kaldi.FloatMatrix;

/** The best path through the graph of a transcript. */
final class Viterbi {
  private static final double NO_PATH = Double.POSITIVE_INFINITY;

  private final HmmGraph graph;
  private final FloatMatrix loglikes;
  private final float acousticScale;
  private final double beam;

  /** HMM and its state, and the node behind the HMM, of each state of the search. */
  private PhoneHmm[] hmms;

  private int[] hmmStates;
  private int[] nextNodes;

  /** The first state of each arc of a node. */
  private final int[][] firstStates;

  private double[] costs;
  private int[] visits;
  private double[] nextCosts;
  private int[] nextVisits;

  /** Per node, the best that left an HMM before it in this frame. */
  private final double[] nodeCosts;

  private final int[] nodeVisits;
  private final int[] nodeIds;

  /** Each visit of a state: where the path came from, by which transition-id, and when it began. */
  private int[] visitParents = new int[1 << 10];

  private int[] visitIds = new int[1 << 10];
  private int[] visitStates = new int[1 << 10];
  private int[] visitFrames = new int[1 << 10];
  private int numVisits;

  Viterbi(HmmGraph graph, FloatMatrix loglikes, float acousticScale, double beam) {
    this.graph = graph;
    this.loglikes = loglikes;
    this.acousticScale = acousticScale;
    this.beam = beam;
    this.firstStates = new int[graph.size()][];
    int size = 0;
    for (int node = 0; node < graph.size(); node++) {
      firstStates[node] = new int[graph.arcs(node).size()];
      for (int i = 0; i < firstStates[node].length; i++) {
        firstStates[node][i] = size;
        size += graph.arcs(node).get(i).hmm().size();
      }
    }
    hmms = new PhoneHmm[size];
    hmmStates = new int[size];
    nextNodes = new int[size];
    for (int node = 0; node < graph.size(); node++) {
      for (int i = 0; i < firstStates[node].length; i++) {
        HmmGraph.Arc arc = graph.arcs(node).get(i);
        for (int state = 0; state < arc.hmm().size(); state++) {
          hmms[firstStates[node][i] + state] = arc.hmm();
          hmmStates[firstStates[node][i] + state] = state;
          nextNodes[firstStates[node][i] + state] = arc.next();
        }
      }
    }
    costs = new double[size];
    visits = new int[size];
    nextCosts = new double[size];
    nextVisits = new int[size];
    nodeCosts = new double[graph.size()];
    nodeVisits = new int[graph.size()];
    nodeIds = new int[graph.size()];
  }

  /**
   * Searches.
   *
   * @param reorder whether the transition that leaves a state comes before its self-loops
   * @return the transition-id of each frame and the cost, or null if no path reaches the end
   */
  Path search(boolean reorder) {
    Arrays.fill(costs, NO_PATH);
    double best = NO_PATH;
    for (HmmGraph.Start start : graph.starts()) {
      best = Math.min(best, enterArcs(start.node(), start.cost(), -1, 0, 0, costs, visits));
    }
    for (int frame = 1; frame < loglikes.rows(); frame++) {
      best = step(frame, best + beam);
      if (best == NO_PATH) {
        return null;
      }
    }
    return end(reorder);
  }

  /** Consumes a frame; returns the lowest cost. */
  private double step(int frame, double limit) {
    Arrays.fill(nextCosts, NO_PATH);
    Arrays.fill(nodeCosts, NO_PATH);
    double best = NO_PATH;
    for (int x = 0; x < costs.length; x++) {
      double cost = costs[x];
      if (cost > limit || cost == NO_PATH) {
        continue;
      }
      PhoneHmm hmm = hmms[x];
      int state = hmmStates[x];
      double staying = cost + hmm.loopCosts()[state] + acousticCost(frame, hmm.pdfs()[state]);
      if (staying < nextCosts[x]) {
        nextCosts[x] = staying;
        nextVisits[x] = visits[x];
        best = Math.min(best, staying);
      }
      int[] destinations = hmm.destinations()[state];
      for (int i = 0; i < destinations.length; i++) {
        double leaving = cost + hmm.costs()[state][i];
        int id = hmm.ids()[state][i];
        if (destinations[i] == hmm.size()) {
          leave(nextNodes[x], leaving, visits[x], id);
        } else {
          int y = x - state + destinations[i];
          double entering = leaving + acousticCost(frame, hmm.pdfs()[destinations[i]]);
          if (entering < nextCosts[y]) {
            nextCosts[y] = entering;
            nextVisits[y] = visit(visits[x], id, y, frame);
            best = Math.min(best, entering);
          }
        }
      }
    }
    for (int node = 0; node < nodeCosts.length; node++) {
      if (nodeCosts[node] < NO_PATH) {
        best =
            Math.min(
                best,
                enterArcs(
                    node,
                    nodeCosts[node],
                    nodeVisits[node],
                    nodeIds[node],
                    frame,
                    nextCosts,
                    nextVisits));
      }
    }
    double[] swappedCosts = costs;
    costs = nextCosts;
    nextCosts = swappedCosts;
    int[] swappedVisits = visits;
    visits = nextVisits;
    nextVisits = swappedVisits;
    return best;
  }

  private void leave(int node, double cost, int visit, int id) {
    if (cost < nodeCosts[node]) {
      nodeCosts[node] = cost;
      nodeVisits[node] = visit;
      nodeIds[node] = id;
    }
  }

  private double enterArcs(
      int node, double cost, int parent, int id, int frame, double[] into, int[] intoVisits) {
    double best = NO_PATH;
    for (int i = 0; i < firstStates[node].length; i++) {
      HmmGraph.Arc arc = graph.arcs(node).get(i);
      int x = firstStates[node][i];
      double entering = cost + arc.cost() + acousticCost(frame, arc.hmm().pdfs()[0]);
      if (entering < into[x]) {
        into[x] = entering;
        intoVisits[x] = visit(parent, id, x, frame);
        best = Math.min(best, entering);
      }
    }
    return best;
  }

  private double acousticCost(int frame, int pdf) {
    return -(acousticScale * loglikes.get(frame, pdf));
  }

  private int visit(int parent, int id, int state, int frame) {
    if (numVisits == visitParents.length) {
      visitParents = Arrays.copyOf(visitParents, 2 * numVisits);
      visitIds = Arrays.copyOf(visitIds, 2 * numVisits);
      visitStates = Arrays.copyOf(visitStates, 2 * numVisits);
      visitFrames = Arrays.copyOf(visitFrames, 2 * numVisits);
    }
    visitParents[numVisits] = parent;
    visitIds[numVisits] = id;
    visitStates[numVisits] = state;
    visitFrames[numVisits] = frame;
    return numVisits++;
  }

  /**
   * A path.
   *
   * @param transitionIds one per frame
   */
  record Path(int[] transitionIds, double cost) {}

  private Path end(boolean reorder) {
    Arrays.fill(nodeCosts, NO_PATH);
    for (int x = 0; x < costs.length; x++) {
      int[] destinations = hmms[x].destinations()[hmmStates[x]];
      for (int i = 0; i < destinations.length && costs[x] < NO_PATH; i++) {
        if (destinations[i] == hmms[x].size()) {
          double cost = costs[x] + hmms[x].costs()[hmmStates[x]][i];
          leave(nextNodes[x], cost, visits[x], hmms[x].ids()[hmmStates[x]][i]);
        }
      }
    }
    int last = -1;
    double best = NO_PATH;
    for (int node = 0; node < nodeCosts.length; node++) {
      double cost = nodeCosts[node] + graph.finalCost(node);
      if (cost < best) {
        best = cost;
        last = node;
      }
    }
    return last < 0 ? null : new Path(trace(nodeVisits[last], nodeIds[last], reorder), best);
  }

  /** Goes back from the last visit, which was left by the transition {@code id}. */
  private int[] trace(int lastVisit, int lastId, boolean reorder) {
    int[] ids = new int[loglikes.rows()];
    int end = ids.length;
    int leaving = lastId;
    for (int visit = lastVisit; visit >= 0; visit = visitParents[visit]) {
      int begin = visitFrames[visit];
      int x = visitStates[visit];
      Arrays.fill(ids, begin, end, hmms[x].loopIds()[hmmStates[x]]);
      ids[reorder ? begin : end - 1] = leaving;
      leaving = visitIds[visit];
      end = begin;
    }
    return ids;
  }
}
