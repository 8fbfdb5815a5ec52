/**
 * Scaling of logits fitted on held-out speech, so that posteriors are as sure as they are right.
 */
package org.stjem.acoustic.calibration;
