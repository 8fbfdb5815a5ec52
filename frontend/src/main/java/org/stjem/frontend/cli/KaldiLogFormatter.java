package org.stjem.frontend.cli;

import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.stjem.frontend.io.ByteText;

/** Formats log records as Kaldi's programs do: {@code WARNING (stjem frontend fbank) text}. */
public final class KaldiLogFormatter extends Formatter {
  private final String program;

  public KaldiLogFormatter(String program) {
    this.program = program;
  }

  @Override
  public String format(LogRecord record) {
    String kind = "LOG";
    if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
      kind = "ERROR";
    } else if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      kind = "WARNING";
    } else if (record.getLevel().intValue() < Level.INFO.intValue()) {
      kind = "VLOG[1]";
    }
    return kind
        + " ("
        + program
        + ") "
        + ByteText.shown(formatMessage(record))
        + System.lineSeparator();
  }
}
