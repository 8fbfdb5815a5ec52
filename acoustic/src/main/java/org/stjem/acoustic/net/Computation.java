package org.stjem.acoustic.net;

import java.util.List;

/**
 * How the rows of a model are computed.
 *
 * @param engine engine, version and device, for people to read; empty if it is not known
 * @param precision of weights and products: {@code float32}, {@code int8} or what the file of a
 *     foreign network says
 * @param rowBits whether a row's bits depend on what is computed with it
 */
public record Computation(String engine, String precision, RowBits rowBits) {
  /** Nothing is known, and nothing promised. */
  public static final Computation UNKNOWN = new Computation("", "", RowBits.UNKNOWN);

  /** Whether a row of logits depends on what is computed with it. */
  public enum RowBits {
    /** Not tried. */
    UNKNOWN("not tried"),
    /** A row has the same bits in any batch: tried when the model was loaded. */
    SAME("rows have the same bits in any batch"),
    /** A row's last bits depend on the batch. */
    ROUNDED("rows differ by rounding from batch to batch");

    private final String words;

    RowBits(String words) {
      this.words = words;
    }

    /** What a model of several parts can promise. */
    public static RowBits ofAll(List<RowBits> parts) {
      if (parts.contains(ROUNDED)) {
        return ROUNDED;
      }
      return parts.contains(UNKNOWN) ? UNKNOWN : SAME;
    }

    /** For messages. */
    @Override
    public String toString() {
      return words;
    }
  }

  /** One line for messages. */
  @Override
  public String toString() {
    return engine + ", " + precision + ": " + rowBits;
  }
}
