package org.stjem.frontend.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.RawFormatOptions;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.data.Segment;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend extract-segments} (featbin/extract-segments.cc). */
@CommandLine.Command(
    description = {
      "Cuts segments out of recordings, as Kaldi's extract-segments does. Lines of SEGMENTS are"
          + " 'segment recording start end', in seconds, where an end of -1 is that of the recording;"
          + " a fifth field is the channel, from 0, and recordings with several need it.",
      "Waves may be WAV, FLAC or NIST SPHERE files, or commands that write one of them; segments"
          + " are written as 16-bit WAV.",
      "E.g.: extract-segments scp:wav.scp segments ark:- | fbank ark:- ark:feats.ark"
    },
    sortOptions = false)
final class ExtractSegmentsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ExtractSegmentsCommand.class);

  @Parameters(index = "0", paramLabel = "WAV-RSPECIFIER", description = "e.g. scp:wav.scp")
  private String waveRspecifier;

  @Parameters(index = "1", paramLabel = "SEGMENTS", description = "file, command or - to read")
  private String segments;

  @Parameters(index = "2", paramLabel = "WAV-WSPECIFIER", description = "e.g. ark:-")
  private String segmentWspecifier;

  @Option(
      names = "--min-segment-length",
      paramLabel = "SECONDS",
      description = "shorter segments are left out (default ${DEFAULT-VALUE})")
  private float minSegmentLength = 0.1f;

  @Option(
      names = "--max-overshoot",
      paramLabel = "SECONDS",
      description =
          "segments that go on for less than this behind the recording's end are cut there, others"
              + " left out (default ${DEFAULT-VALUE})")
  private float maxOvershoot = 0.5f;

  @Mixin private final RawFormatOptions rawOptions = new RawFormatOptions();

  @Override
  public Integer call() {
    Tally tally = new Tally(log);
    try (KaldiInput in = KaldiInput.open(segments);
        RandomAccessTableReader<WaveData> waves =
            Tables.lookUp(waveRspecifier, new WaveHolder(rawOptions.format()));
        TableWriter<WaveData> writer = Tables.write(segmentWspecifier, new WaveHolder())) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        try {
          Segment segment = Segment.parse(line);
          WaveData wave = waves.value(segment.recording());
          writer.write(segment.key(), segment.cut(wave, minSegmentLength, maxOvershoot));
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(in.name() + " line " + number + ": " + e.getMessage() + ": " + line);
        }
      }
      writer.commit();
    } catch (IOException e) {
      throw new StjemException("cannot read " + segments + ": " + StjemException.reason(e), e);
    }
    return tally.finish();
  }
}
