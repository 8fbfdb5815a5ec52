/** Alignments beside features or scores: what their labels mean, and utterances where they fail. */
package org.stjem.acoustic.align;
