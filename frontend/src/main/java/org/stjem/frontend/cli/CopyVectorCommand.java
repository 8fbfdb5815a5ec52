package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend copy-vector} (bin/copy-vector.cc). */
@CommandLine.Command(
    description = {
      "Copies vectors of floats, such as log p(x) per frame, from any form to any form. Both"
          + " arguments are tables, or both are single files.",
      "Example: copy-vector ark:logpx.ark ark,t:-"
    })
final class CopyVectorCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(CopyVectorCommand.class);

  @Option(
      names = "--binary",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "write a single file in binary, not text (default: ${DEFAULT-VALUE})")
  private boolean binary;

  @Parameters(index = "0", paramLabel = "VECTOR-RSPECIFIER", description = "table or file to read")
  private String from;

  @Parameters(index = "1", paramLabel = "VECTOR-WSPECIFIER", description = "table or file to write")
  private String to;

  @Override
  public Integer call() {
    if (!TableCopy.areTables(from, to)) {
      KaldiObjects.writeFloatVector(to, binary, KaldiObjects.readFloatVector(from));
      log.info("Copied vector from {} to {}", from, to);
      return 0;
    }
    try (SequentialTableReader<float[]> reader = Tables.readFloatVectors(from);
        TableWriter<float[]> writer = Tables.writeFloatVectors(to)) {
      return TableCopy.copy(reader, writer, (key, vector) -> {});
    }
  }
}
