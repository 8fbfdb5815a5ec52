package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.List;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A stream's turn at the network: {@link #stretch}, then {@link #begin}, {@link #row} and {@link
 * #deliver} or {@link #fail} if there was a stretch, then {@link #end}; by one thread at a time.
 */
interface Turn {

  /** Where streams queue for turns. */
  interface Queue {
    /** Queues a stream of which about {@code rows} wait; again only after the turn's end. */
    void add(Turn stream, int rows);

    /** Ends after the turns that are being computed, and frees the model; does not wait. */
    void stop();

    /**
     * Waits until the model is freed.
     *
     * @return whether it was in time
     */
    boolean awaitEnd(Duration limit) throws InterruptedException;
  }

  /** Whose turn it is: clients get equal shares of the network, whatever number of streams. */
  ClientIdentity client();

  /**
   * Gives the next frames with their context, as {@link AcousticModel#logitsOfPadded} takes them.
   *
   * @return for 1 to {@code maxRows} rows, or null if none are ready
   */
  FloatMatrix stretch(int maxRows);

  /** The rows of the stretch come now, by {@link #row}; what came before is void. */
  void begin(int rows);

  /**
   * Takes the next row of the stretch. Throws nothing.
   *
   * @param logits of numPdfs values from index {@code at} on; lent, not to be kept
   */
  void row(float[] logits, int at);

  /**
   * Takes note that the rows are complete and may go out.
   *
   * @param missing names of the parts of the model that took no part in them
   */
  void deliver(List<String> missing);

  /** Takes the fault that kept the rows from being computed. */
  void fail(Throwable fault);

  /** Ends the turn, in any case. */
  void end();
}
