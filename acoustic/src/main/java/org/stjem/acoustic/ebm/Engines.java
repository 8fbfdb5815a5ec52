package org.stjem.acoustic.ebm;

/** Settings of the tensor engine, which must be made before it is loaded. */
public final class Engines {
  private Engines() {}

  /**
   * Sets the threads of one tensor operation.
   *
   * @param threads 0 for all cores
   */
  public static void configure(int threads) {
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
  }
}
