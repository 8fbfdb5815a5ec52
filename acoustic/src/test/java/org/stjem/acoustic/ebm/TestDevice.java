package org.stjem.acoustic.ebm;

import ai.djl.Device;

/** The device of the tests' networks: {@code -Dstjem.test.device=gpu0}, by default the CPU. */
public final class TestDevice {
  private TestDevice() {}

  /**
   * The device.
   *
   * @throws TrainingException if there is no such device
   */
  public static Device get() {
    return Engines.device(System.getProperty("stjem.test.device", "cpu"));
  }
}
