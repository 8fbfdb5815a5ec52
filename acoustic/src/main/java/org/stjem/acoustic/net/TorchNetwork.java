package org.stjem.acoustic.net;

import ai.djl.engine.Engine;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import org.stjem.acoustic.ebm.EnergyNetwork;

/** A network that PyTorch computes, on a CPU or a GPU. */
final class TorchNetwork implements LogitNetwork {
  private final EnergyNetwork network;
  private final String device;

  /**
   * Takes a network over, which is closed with this.
   *
   * @param device for people to read
   */
  TorchNetwork(EnergyNetwork network, String device) {
    this.network = network;
    this.device = device;
  }

  @Override
  public int rowSize() {
    return network.rowSize();
  }

  @Override
  public int numPdfs() {
    return network.classes();
  }

  @Override
  public String engine() {
    return "PyTorch " + Engine.getEngine("PyTorch").getVersion() + ", " + device;
  }

  @Override
  public void logits(ByteBuffer windows, int rows, Consumer<FloatBuffer> reader) {
    network.logits(windows, rows, reader);
  }

  @Override
  public void close() {
    network.close();
  }
}
