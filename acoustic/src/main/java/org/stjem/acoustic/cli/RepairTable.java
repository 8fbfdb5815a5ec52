package org.stjem.acoustic.cli;

import java.util.Locale;
import org.slf4j.Logger;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.generate.Repair;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Repairs a table of features, one utterance in memory at a time. */
final class RepairTable {
  private final Logger log;
  private final UtteranceTally tally;
  private double before;
  private double after;
  private long frames;

  RepairTable(Logger log) {
    this.log = log;
    this.tally = new UtteranceTally(log, 1);
  }

  /** What may change of an utterance and what it starts from. */
  interface Method {
    /**
     * Repairs an utterance.
     *
     * @throws EntryException if that cannot be done
     */
    Repair.Repaired repair(String key, FloatMatrix features, SeededRandom random);
  }

  /**
   * Repairs all utterances; those that cannot be are told of and left out.
   *
   * @param seed of the noise
   * @throws org.stjem.frontend.io.StjemException if no utterance was repaired
   */
  void run(String feats, InputFeatures input, String output, long seed, Method method) {
    try (SequentialTableReader<FloatMatrix> reader =
            input.prepared(Tables.readFloatMatrices(feats));
        TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(output)) {
      long stream = 0;
      while (reader.next()) {
        try {
          SeededRandom random = new SeededRandom(seed, ++stream);
          Repair.Repaired repaired = method.repair(reader.key(), reader.value(), random);
          writer.write(reader.key(), repaired.features());
          int count = repaired.features().rows();
          before += count * repaired.before();
          after += count * repaired.after();
          frames += count;
          tally.done();
        } catch (EntryException e) {
          tally.failed(reader.key(), e);
        }
      }
      tally.finish();
      writer.commit();
    }
    log.info(
        String.format(
            Locale.ROOT,
            "score per frame %.3f before, %.3f after, %d frames",
            before / frames,
            after / frames,
            frames));
  }
}
