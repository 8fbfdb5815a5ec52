/**
 * From features back to audio: phases by Griffin and Lim for the spectra that Mel features stand
 * for, and pictures of features. For ears and eyes, to judge what features have kept of the speech.
 */
package org.stjem.frontend.vocoder;
