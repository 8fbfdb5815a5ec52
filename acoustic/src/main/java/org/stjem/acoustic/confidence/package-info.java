/**
 * From the posteriors of words to probabilities that the words are right: {@link
 * org.stjem.acoustic.confidence.CtmTable} holds words with times and posteriors, {@link
 * org.stjem.acoustic.confidence.FeatureExtractor} describes each of them by numbers, {@link
 * org.stjem.acoustic.confidence.ConfidenceModel} makes a probability of these, and {@link
 * org.stjem.acoustic.confidence.ConfidenceReport} measures how good probabilities are. Knows no
 * training of acoustic models and loads no network engine.
 */
package org.stjem.acoustic.confidence;
