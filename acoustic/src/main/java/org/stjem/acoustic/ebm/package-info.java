/**
 * The energy core: objectives, sampling and training of a classifier read as a joint energy model
 * p(x, y) ∝ exp f(x)_y. It knows rows, labels and logits, and nothing of speech or images.
 */
package org.stjem.acoustic.ebm;
