/**
 * Tied states: decision trees that say which states of phones share a pdf in which context, and
 * alignments that are carried over to them. {@link org.stjem.acoustic.tying.TreeStatistics} and
 * {@link org.stjem.acoustic.tying.TreeBuilder} are the entry points. What they make is what Kaldi's
 * {@code acc-tree-stats}, {@code cluster-phones}, {@code compile-questions}, {@code build-tree} and
 * {@code convert-ali} make.
 */
package org.stjem.acoustic.tying;
