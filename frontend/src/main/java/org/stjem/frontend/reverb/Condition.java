package org.stjem.frontend.reverb;

/**
 * The acoustic condition of an utterance.
 *
 * @param room name of the room or of the recorded impulse response
 * @param t60 reverberation time in seconds
 * @param distance {@code near}, {@code far}, or {@code -} if unknown
 */
public record Condition(String room, double t60, String distance) {}
