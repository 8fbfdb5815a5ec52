package org.stjem.acoustic.lattice;

/** Compares paths by the sum of their costs, and equal sums by the graph's. */
record CostOrder(double acousticScale) {
  double cost(LatticeElement element) {
    return element.graphCost() + acousticScale * element.acousticCost();
  }

  boolean isBetter(LatticeElement a, LatticeElement b) {
    return isBetter(a.graphCost(), a.acousticCost(), b.graphCost(), b.acousticCost());
  }

  boolean isBetter(
      double graphCost, double acousticCost, double otherGraphCost, double otherAcousticCost) {
    double cost = graphCost + acousticScale * acousticCost;
    double other = otherGraphCost + acousticScale * otherAcousticCost;
    return cost < other || (cost == other && graphCost < otherGraphCost);
  }
}
