package org.stjem.acoustic.cli;

/** Settings of the tensor engine, which must be made before it is loaded. */
final class Engines {
  private Engines() {}

  /**
   * Sets the threads of one tensor operation.
   *
   * @param threads 0 for all cores
   */
  static void configure(int threads) {
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
  }
}
