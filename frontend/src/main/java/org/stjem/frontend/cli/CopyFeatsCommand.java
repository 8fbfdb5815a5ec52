package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.CompressionMethod;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.HtkMatrixHolder;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend copy-feats} (featbin/copy-feats.cc). */
@CommandLine.Command(
    description = {
      "Copies feature matrices from any form to any form: binary, text, compressed, archives and"
          + " script files with offsets and ranges. Both arguments are tables, or both are single"
          + " files.",
      "Examples: copy-feats ark:- ark,scp:foo.ark,foo.scp",
      "          copy-feats scp:feats.scp ark,t:-"
    })
final class CopyFeatsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(CopyFeatsCommand.class);

  /** Its numbers are for writing only. */
  private static final HtkMatrixHolder HTK_INPUT = new HtkMatrixHolder(0, 0);

  @Option(
      names = "--binary",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "write a single file in binary, not text (default: ${DEFAULT-VALUE})")
  private boolean binary;

  @Option(
      names = "--compress",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description = "write tables in compressed form (default: ${DEFAULT-VALUE})")
  private boolean compress;

  @Option(
      names = "--compression-method",
      defaultValue = "1",
      description =
          "with --compress: 1 automatic, 2 speech features, 3 two bytes, 4 two bytes for samples,"
              + " 5 one byte, 6 one byte for 0 to 255, 7 one byte for 0 to 1"
              + " (default: ${DEFAULT-VALUE})")
  private int compressionMethod;

  @Option(
      names = "--write-num-frames",
      paramLabel = "WSPECIFIER",
      description = "also write each utterance's number of frames, e.g. to ark,t:utt2num_frames")
  private String numFrames;

  @Option(
      names = "--reverse",
      paramLabel = "BOOL",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "write the frames of each matrix in reverse order, last first: speech that no model is to"
              + " know (default: ${DEFAULT-VALUE})")
  private boolean reverse;

  @Option(
      names = "--htk-in",
      paramLabel = "BOOL",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description = "what is read are HTK parameter files (default: ${DEFAULT-VALUE})")
  private boolean htkIn;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER", description = "table or file to read")
  private String from;

  @Parameters(index = "1", paramLabel = "FEATS-WSPECIFIER", description = "table or file to write")
  private String to;

  @Override
  public Integer call() {
    CompressionMethod method = CompressionMethod.ofNumber(compressionMethod);
    if (!TableCopy.areTables(from, to)) {
      if (compress || numFrames != null) {
        throw new StjemException("--compress and --write-num-frames need tables, not single files");
      }
      FloatMatrix feats =
          htkIn ? KaldiObjects.read(from, HTK_INPUT) : KaldiObjects.readFloatMatrix(from);
      KaldiObjects.writeFloatMatrix(to, binary, inOrder(feats));
      log.info("Copied features from {} to {}", from, to);
      return 0;
    }
    try (SequentialTableReader<FloatMatrix> reader =
            htkIn ? Tables.read(from, HTK_INPUT) : Tables.readFloatMatrices(from);
        TableWriter<Integer> lengths = numFrames == null ? null : Tables.writeInts(numFrames);
        TableWriter<FloatMatrix> writer =
            compress ? Tables.writeFloatMatrices(to, method) : Tables.writeFloatMatrices(to)) {
      if (lengths == null) {
        return TableCopy.copy(reader, writer, this::inOrder, (key, feats) -> {});
      }
      int status =
          TableCopy.copy(
              reader, writer, this::inOrder, (key, feats) -> lengths.write(key, feats.rows()));
      lengths.commit();
      return status;
    }
  }

  private FloatMatrix inOrder(FloatMatrix feats) {
    return reverse ? feats.reversed() : feats;
  }
}
