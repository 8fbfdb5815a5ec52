/**
 * Mixtures of acoustic models of different domains: their logits are added in the probability
 * domain, so that each frame is scored by the model that knows its kind of sound best.
 */
package org.stjem.combine;
