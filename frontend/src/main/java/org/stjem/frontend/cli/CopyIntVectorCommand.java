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

/** {@code frontend copy-int-vector} (bin/copy-int-vector.cc). */
@CommandLine.Command(
    description = {
      "Copies vectors of integers, such as alignments, from any form to any form. Both arguments"
          + " are tables, or both are single files.",
      "Example: copy-int-vector 'ark:gunzip -c ali.1.gz|' ark,t:-"
    })
final class CopyIntVectorCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(CopyIntVectorCommand.class);

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
      KaldiObjects.writeIntVector(to, binary, KaldiObjects.readIntVector(from));
      log.info("Copied vector from {} to {}", from, to);
      return 0;
    }
    try (SequentialTableReader<int[]> reader = Tables.readIntVectors(from);
        TableWriter<int[]> writer = Tables.writeIntVectors(to)) {
      return TableCopy.copy(reader, writer, (key, vector) -> {});
    }
  }
}
