/**
 * Evaluation of acoustic models: calibration of frame posteriors, word error rates, and the tables
 * and pictures made of them. Loads no network engine.
 */
package org.stjem.acoustic.eval;
