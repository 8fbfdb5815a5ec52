/** Labelled speech frames: features and alignments read from Kaldi tables. */
package org.stjem.acoustic.data;
