package org.stjem.acoustic.tying;

/** A state in context and its frames. */
record Observed(ContextState state, GaussianStatistics frames) {}
