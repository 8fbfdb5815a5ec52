/**
 * Running and watching a training: checkpoints, journal, page of curves, best model. The same for
 * speech and images.
 */
package org.stjem.acoustic.monitor;
