package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.imagebench.CifarData;
import org.stjem.imagebench.CifarImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stjem image-bench import}. */
@Command(
    description = {
      "Writes the data set in DATA to OUT-DIR in the official binary layout, reads it back and"
          + " compares. OUT-DIR appears whole or not at all and must be new.",
      "At most ten classes give the layout of CIFAR-10: data_batch_1.bin to data_batch_5.bin,"
          + " test_batch.bin and batches.meta.txt with the names of the classes. More, up to 256,"
          + " give that of CIFAR-100: train.bin, test.bin and fine_label_names.txt; the coarse"
          + " label is 0 then. Official batches keep their layout and every byte.",
      "Results call the data set as OUT-DIR is called.",
      "",
      "e.g.: stjem image-bench import cifar-10-binary.tar.gz data/cifar-10",
      ""
    },
    sortOptions = false)
final class ImportCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ImportCommand.class);

  @Parameters(
      index = "0",
      paramLabel = "DATA",
      description =
          "folder or tar archive with official batches, or with pictures train/CLASS/*.jpg and"
              + " test/CLASS/*.jpg (or .png) of 32 x 32 pixels")
  private Path data;

  @Parameters(index = "1", paramLabel = "OUT-DIR", description = "folder to write")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    CifarData set = CifarImport.run(data, folder);
    LOG.info(
        "wrote {} training and {} test images of {} classes to {}",
        set.train().size(),
        set.test().size(),
        set.train().classes(),
        folder);
    return 0;
  }
}
