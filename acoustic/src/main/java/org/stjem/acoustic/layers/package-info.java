/**
 * Sizes of the layers of convolutional networks, worked out once for whoever computes, reads or
 * writes such a network. Knows neither engine nor file.
 */
package org.stjem.acoustic.layers;
