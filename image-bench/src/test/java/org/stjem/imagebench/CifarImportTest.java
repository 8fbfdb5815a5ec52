package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

class CifarImportTest {
  @TempDir private Path folder;

  private Path source;
  private Path target;

  @BeforeEach
  void setUp() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
    target = folder.resolve("made/pets");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void run_ofPictures_givesTheLayoutOfCifar10() throws IOException {
    TestImages.writeFolder(source, 4);
    Files.writeString(source.resolve("fine_label_names.txt"), "left by another data set");
    CifarImport.run(source, target);
    assertThat(names(target))
        .containsExactly(
            "batches.meta.txt",
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
            "test_batch.bin");
    assertThat(target.resolve("batches.meta.txt")).hasContent("cat\ndog\n");
    assertThat(target.resolve("data_batch_2.bin")).hasSize(2 * 3073);
    CifarData read = CifarReader.read(target);
    assertThat(read.name()).isEqualTo("pets");
    assertThat(read.train().same(CifarReader.read(source).train())).isTrue();
    assertThat(read.test().same(CifarReader.read(source).test())).isTrue();
    assertThat(names(folder.resolve("made"))).containsExactly("pets");
  }

  @Test
  void run_ofElevenClasses_givesTheLayoutOfCifar100() throws IOException {
    for (int i = 0; i < 11; i++) {
      String name = String.format("class %02d/0.png", i);
      TestImages.write(source.resolve("train/" + name), TestImages.picture(32, i));
      TestImages.write(source.resolve("test/" + name), TestImages.picture(32, 100 + i));
    }
    CifarImport.run(source, target);
    assertThat(names(target))
        .containsExactly("coarse_label_names.txt", "fine_label_names.txt", "test.bin", "train.bin");
    CifarData read = CifarReader.read(target);
    assertThat(read.train().classNames()).hasSize(11).contains("class 07");
    assertThat(read.test().label(10)).isEqualTo(10);
    assertThat(read.train().same(CifarReader.read(source).train())).isTrue();
  }

  @Test
  void run_ofOfficialBatches_keepsEveryByte() throws IOException {
    byte[] train = CifarReaderTest.batch(2, 99, 3);
    train[0] = 7;
    Files.write(source.resolve("train.bin"), train);
    Files.write(source.resolve("test.bin"), CifarReaderTest.batch(2, 42));
    Files.writeString(source.resolve("readme.html"), "not a part");
    CifarImport.run(source, target);
    assertThat(names(target)).containsExactly("test.bin", "train.bin");
    for (String file : names(target)) {
      assertThat(target.resolve(file)).hasSameBinaryContentAs(source.resolve(file));
    }
  }

  @Test
  void run_intoAFolderThatIsTaken_changesNothing() throws IOException {
    TestImages.writeFolder(source, 4);
    Files.createDirectories(target);
    CifarImport.run(source, target);
    Files.writeString(target.resolve("batches.meta.txt"), "mine");
    assertThatThrownBy(() -> CifarImport.run(source, target))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("pets is not empty; name another folder, or remove it");
    assertThat(target.resolve("batches.meta.txt")).hasContent("mine");
  }

  @Test
  void run_afterAKill_clearsWhatWasLeft() throws IOException {
    TestImages.writeFolder(source, 4);
    Path left = Files.createDirectories(folder.resolve("made/.pets.999999999.tmp"));
    Files.writeString(left.resolve("train.bin"), "half");
    CifarImport.run(source, target);
    assertThat(names(folder.resolve("made"))).containsExactly("pets");
    assertThat(target.resolve("train.bin")).doesNotExist();
  }

  @Test
  void run_ofWhatNoLayoutHolds_leavesNothing() throws IOException {
    TestImages.writeFolder(source, 2);
    assertThatThrownBy(() -> CifarImport.run(source, target))
        .isInstanceOf(ImageBenchException.class)
        .hasMessage("source has 4 training images, too few for five batches");
    assertThat(target).doesNotExist();
  }
}
