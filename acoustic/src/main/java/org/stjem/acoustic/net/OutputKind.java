package org.stjem.acoustic.net;

/** What a row of scores holds, given the logits f(x)_y of one frame. */
public enum OutputKind {
  /** log p(x|y) + const = f(x)_y − priorScale · log p(y), what a Kaldi decoder takes. */
  LOGLIKES,
  /** f(x)_y itself, the negative energy of (x, y). */
  LOGITS,
  /** log p(y|x) = f(x)_y − logsumexp over y. */
  LOG_POSTERIORS;

  /**
   * The name used on the command line: {@code loglikes}, {@code logits}, {@code log-posteriors}.
   */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /**
   * The kind called {@code name}.
   *
   * @throws org.stjem.frontend.io.StjemException if there is none
   */
  public static OutputKind of(String name) {
    for (OutputKind kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new org.stjem.frontend.io.StjemException(
        "no output kind '" + name + "'; there are loglikes, logits and log-posteriors");
  }
}
