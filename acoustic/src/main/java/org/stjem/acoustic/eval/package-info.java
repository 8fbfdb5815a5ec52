/**
 * Evaluation of acoustic models: calibration of frame posteriors, and the tables and pictures made
 * of results. Loads no network engine.
 */
package org.stjem.acoustic.eval;
