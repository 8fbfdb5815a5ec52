package org.stjem.imagebench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.stjem.frontend.io.AtomicFolder;

/**
 * Turns data sets into folders of the official binary layout, which are read faster than pictures.
 */
public final class CifarImport {
  private CifarImport() {}

  /**
   * Writes the data set in {@code data} to {@code folder}, which appears whole or not at all. What
   * is written is read again and compared.
   *
   * @param folder must not exist, or be empty
   * @return the data set
   * @throws org.stjem.frontend.io.StjemException if there is no data set, no layout holds it, or
   *     the folder is taken
   */
  public static CifarData run(Path data, Path folder) throws IOException {
    try (AtomicFolder whole = AtomicFolder.create(folder)) {
      CifarReader.Batches source = CifarReader.readBatches(data);
      Path partial = whole.temporary();
      for (Map.Entry<String, byte[]> file : source.files().entrySet()) {
        write(partial.resolve(file.getKey()), file.getValue());
      }
      CifarData written = CifarReader.read(partial);
      if (!source.set().train().same(written.train())
          || !source.set().test().same(written.test())) {
        throw new ImageBenchException(
            "what was written to " + folder + " does not read like " + data);
      }
      whole.commit();
      return source.set();
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
