package org.stjem.frontend.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.data.DataDirRules;
import org.stjem.frontend.data.DataDirValidator;
import org.stjem.frontend.data.Inconsistency;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend validate-data-dir} (utils/validate_data_dir.sh). */
@CommandLine.Command(
    description = {
      "Names every inconsistency in a Kaldi data directory, one per line as 'file:line: what is"
          + " wrong', on standard output: all that Kaldi's utils/validate_data_dir.sh would stop at"
          + " (files missing, keys unsorted, twice or not the same everywhere, spk2utt unlike"
          + " utt2spk, malformed lines, bad characters), but all of them at once.",
      "The exit status is 0 if there is none, else 1.",
      "E.g.: validate-data-dir --no-feats data/train"
    },
    sortOptions = false)
final class ValidateDataDirCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ValidateDataDirCommand.class);

  @Option(
      names = "--no-feats",
      arity = "0..1",
      fallbackValue = "true",
      description = "feats.scp may be missing; if there, it is checked")
  private boolean noFeats;

  @Option(
      names = "--no-text",
      arity = "0..1",
      fallbackValue = "true",
      description = "text may be missing, and is not checked")
  private boolean noText;

  @Option(
      names = "--no-wav",
      arity = "0..1",
      fallbackValue = "true",
      description = "wav.scp may be missing; if there, it is checked")
  private boolean noWav;

  @Option(
      names = "--no-spk-sort",
      arity = "0..1",
      fallbackValue = "true",
      description = "utt2spk need not be in order when sorted by speaker")
  private boolean noSpeakerSort;

  @Option(
      names = "--non-print",
      arity = "0..1",
      fallbackValue = "true",
      description = "text may have non-printable characters")
  private boolean nonPrint;

  @Parameters(index = "0", paramLabel = "DATA-DIR")
  private Path dir;

  @Override
  public Integer call() {
    DataDirRules rules =
        new DataDirRules(!noFeats, !noText, !noWav, !noSpeakerSort, !nonPrint, false, Set.of());
    List<Inconsistency> found = DataDirValidator.validate(dir, rules);
    found.forEach(System.out::println);
    if (!found.isEmpty()) {
      log.error(
          "{} has {} {}",
          dir,
          found.size(),
          found.size() == 1 ? "inconsistency" : "inconsistencies");
      return 1;
    }
    log.info("Successfully validated data directory {}", dir);
    return 0;
  }
}
