/**
 * Reverberant and noisy speech made from clean speech in the way of the REVERB challenge's
 * simulated data: room impulse responses by the image-source method or from files, stationary noise
 * at a given signal-to-noise ratio, reproducible from a seed and the utterance's key alone.
 */
package org.stjem.frontend.reverb;
