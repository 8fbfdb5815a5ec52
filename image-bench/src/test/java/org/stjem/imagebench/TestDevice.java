package org.stjem.imagebench;

import ai.djl.Device;
import org.stjem.acoustic.ebm.Engines;

/** The device of the tests' networks: {@code -Dstjem.test.device=gpu0}, by default the CPU. */
final class TestDevice {
  private TestDevice() {}

  static Device get() {
    return Engines.device(System.getProperty("stjem.test.device", "cpu"));
  }
}
