package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {
  private static final int PLANE = 32 * 32;

  @TempDir private Path folder;

  /**
   * Records of {@code labelBytes} equal label bytes and planes filled with 0, 255 and the label.
   */
  static byte[] batch(int labelBytes, int... labels) {
    byte[] bytes = new byte[labels.length * (labelBytes + 3 * PLANE)];
    int at = 0;
    for (int label : labels) {
      Arrays.fill(bytes, at, at + labelBytes, (byte) label);
      at += labelBytes;
      Arrays.fill(bytes, at + PLANE, at + 2 * PLANE, (byte) 255);
      Arrays.fill(bytes, at + 2 * PLANE, at + 3 * PLANE, (byte) label);
      at += 3 * PLANE;
    }
    return bytes;
  }

  private void writeCifar10() throws IOException {
    Path batches = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
    for (int i = 1; i <= 5; i++) {
      Files.write(batches.resolve("data_batch_" + i + ".bin"), batch(1, i, i - 1));
    }
    Files.write(batches.resolve("test_batch.bin"), batch(1, 9));
  }

  @Test
  void read_ofCifar10Batches_givesPlanesFromMinusOneToOne() throws IOException {
    writeCifar10();
    CifarData data = CifarReader.read(folder.resolve("cifar-10-batches-bin"));
    assertThat(data.name()).isEqualTo("cifar-10");
    assertThat(data.train().size()).isEqualTo(10);
    assertThat(data.test().size()).isEqualTo(1);
    assertThat(data.train().classNames()).hasSize(10);
    assertThat(data.train().label(2)).isEqualTo(2);
    assertThat(data.train().label(3)).isEqualTo(1);
    float[] values = new float[CifarImages.SIZE + 1];
    data.test().copy(0, values, 1);
    assertThat(values[1]).isEqualTo(-1);
    assertThat(values[PLANE + 1]).isEqualTo(1);
    assertThat(values[3 * PLANE]).isEqualTo(9 / 127.5f - 1);
  }

  @Test
  void read_ofCifar100_takesFineLabels() throws IOException {
    byte[] train = batch(2, 99, 3);
    train[0] = 7;
    Path batches = Files.createDirectory(folder.resolve("cifar-100-binary"));
    Files.write(batches.resolve("train.bin"), train);
    Files.write(batches.resolve("test.bin"), batch(2, 42));
    CifarData data = CifarReader.read(batches);
    assertThat(data.name()).isEqualTo("cifar-100");
    assertThat(data.train().classNames()).hasSize(100);
    assertThat(data.train().label(0)).isEqualTo(99);
    assertThat(data.test().label(0)).isEqualTo(42);
  }

  @Test
  void read_withNames_callsTheClassesSo() throws IOException {
    writeCifar10();
    Path names = folder.resolve("cifar-10-batches-bin/batches.meta.txt");
    Files.writeString(names, "a\nb\nc\nd\ne\nf\ng\nh\ni\nsmall ship\r\n\n");
    assertThat(CifarReader.read(folder).train().classNames()).hasSize(10).endsWith("small ship");

    Files.writeString(names, "a\nb\nc\n");
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("has label 3 at byte offset 0, must be 0 to 2");
    Files.writeString(names, "a\n\nc\n");
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("batches.meta.txt has 3 lines, must have one class name a line");
  }

  @Test
  void read_ofATruncatedBatch_namesFileAndImage() throws IOException {
    writeCifar10();
    Path batch = folder.resolve("cifar-10-batches-bin/data_batch_3.bin");
    Files.write(batch, Arrays.copyOf(Files.readAllBytes(batch), 5000));
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("data_batch_3.bin has 5000 bytes")
        .hasMessageContaining("truncated within image 1");
  }

  @Test
  void read_ofALabelOutOfRange_namesItsOffset() throws IOException {
    writeCifar10();
    Files.write(folder.resolve("cifar-10-batches-bin/test_batch.bin"), batch(1, 1, 10));
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("test_batch.bin has label 10 at byte offset 3073, must be 0 to 9");
  }

  @Test
  void read_withABatchMissing_namesIt() throws IOException {
    writeCifar10();
    Files.delete(folder.resolve("cifar-10-batches-bin/data_batch_4.bin"));
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("lacks data_batch_4.bin");
  }

  @Test
  void read_withoutData_saysWhatIsExpected() {
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("holds none of CIFAR-10 batches");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> CifarReader.read(missing))
        .isInstanceOf(ImageBenchException.class)
        .hasMessage(missing + " does not exist");
  }

  @Test
  void read_ofPictures_numbersClassesAlphabetically() throws IOException {
    TestImages.writeFolder(folder, 2);
    assertPictures(CifarReader.read(folder));
  }

  @Test
  void read_ofAnArchiveOfPictures_isThatOfItsFolder() throws IOException {
    Path pictures = folder.resolve("pictures");
    TestImages.writeFolder(pictures, 2);
    Path archive = folder.resolve("images.tar.gz");
    archive(pictures, archive);
    assertPictures(CifarReader.read(archive));
    assertThat(CifarReader.read(archive).name()).isEqualTo("images");

    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> CifarReader.read(archive))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("cannot read " + archive);
  }

  private static void assertPictures(CifarData data) {
    assertThat(data.train().classNames()).containsExactly("cat", "dog");
    assertThat(data.train().size()).isEqualTo(4);
    assertThat(data.test().size()).isEqualTo(2);
    assertThat(data.train().label(1)).isZero();
    assertThat(data.train().label(2)).isEqualTo(1);
    float[] values = new float[CifarImages.SIZE];
    data.train().copy(1, values, 0);
    assertThat(values[5 * 32 + 7]).isEqualTo(7 / 127.5f - 1);
    assertThat(values[PLANE + 5 * 32 + 7]).isEqualTo(5 / 127.5f - 1);
    assertThat(values[2 * PLANE]).isEqualTo(4 / 127.5f - 1);
  }

  private static void archive(Path source, Path archive) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(source)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    try (OutputStream file = Files.newOutputStream(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
      for (Path path : files) {
        TarArchiveEntry entry = new TarArchiveEntry("./" + source.relativize(path));
        entry.setSize(Files.size(path));
        tar.putArchiveEntry(entry);
        Files.copy(path, tar);
        tar.closeArchiveEntry();
      }
    }
  }

  @Test
  void read_ofAPictureOfAnotherSize_namesIt() throws IOException {
    TestImages.writeFolder(folder, 1);
    TestImages.write(folder.resolve("train/cat/large.png"), TestImages.picture(33, 0));
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("train/cat/large.png has 33 x 33 pixels, must have 32 x 32");
  }

  @Test
  void read_ofAFileThatIsNoPicture_namesIt() throws IOException {
    TestImages.writeFolder(folder, 1);
    Files.writeString(folder.resolve("train/cat/text.jpg"), "text");
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("train/cat/text.jpg is not a picture");
  }

  @Test
  void read_ofATestClassThatIsNotTrained_namesIt() throws IOException {
    TestImages.writeFolder(folder, 1);
    TestImages.write(folder.resolve("test/emu/0.png"), TestImages.picture(32, 0));
    assertThatThrownBy(() -> CifarReader.read(folder))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("class emu of the test pictures has no training pictures");
  }
}
