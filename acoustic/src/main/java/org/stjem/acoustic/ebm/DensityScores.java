package org.stjem.acoustic.ebm;

/**
 * What a network says of some rows.
 *
 * @param logits f(x), {@code [rows, classes]} row by row
 * @param gradientNorms ‖∇ₓ s(x)‖ of each row, s = LSE_c f(x)_c
 */
public record DensityScores(float[] logits, float[] gradientNorms) {}
