package org.stjem.frontend.audio;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/** The options that say what audio without header is; a mixin of commands that read waves. */
public final class RawFormatOptions {
  private static final int MAX_CHANNELS = 64;

  @Option(
      names = "--raw-sample-rate",
      paramLabel = "HZ",
      description =
          "take files that start neither as WAV, FLAC nor SPHERE for samples without header, of"
              + " this rate; 0 to refuse them (default ${DEFAULT-VALUE})")
  private int sampleRate = 0;

  @Option(
      names = "--raw-encoding",
      paramLabel = "ENCODING",
      description =
          "their samples: u8, s8, or s16, s24, s32, f32, f64 with le or be behind for the byte"
              + " order, mulaw, alaw (default s16le)")
  private RawEncoding encoding = RawEncoding.S16LE;

  @Option(
      names = "--raw-channels",
      paramLabel = "N",
      description = "their interleaved channels (default ${DEFAULT-VALUE})")
  private int channels = 1;

  /**
   * The format of files without header; null if they are to be refused.
   *
   * @throws StjemException if an option is out of range
   */
  public RawFormat format() {
    if (sampleRate < 0) {
      throw new StjemException("--raw-sample-rate=" + sampleRate + ": must be at least 0");
    }
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw new StjemException("--raw-channels=" + channels + ": must be 1 to " + MAX_CHANNELS);
    }
    return sampleRate == 0 ? null : new RawFormat(sampleRate, channels, encoding);
  }
}
