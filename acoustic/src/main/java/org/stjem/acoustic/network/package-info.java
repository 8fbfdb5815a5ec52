/**
 * How much of a server's network each client gets, so that none can take it from the others. Knows
 * connections and HTTP/2 frames, nothing of models and scores.
 */
package org.stjem.acoustic.network;
