package org.stjem.frontend.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  private static final Path WHOLE = Path.of(System.getProperty("java.home"), "lib/libnet.so");

  @TempDir private Path folder;

  private NativeLibrary library() {
    return new NativeLibrary("PyTorch", folder, "DJL_CACHE_DIR");
  }

  private Path cut(int bytes) throws IOException {
    Path file = folder.resolve("libcut.so.1");
    return Files.write(file, Arrays.copyOf(Files.readAllBytes(WHOLE), bytes));
  }

  @Test
  void requireWhole_findsEveryCut() throws IOException {
    int size = (int) Files.size(WHOLE);
    cut(size);
    library().requireWhole();
    for (int bytes : new int[] {0, 1, 63, 64, size / 2, size - 1}) {
      Path file = cut(bytes);
      assertThatThrownBy(() -> library().requireWhole())
          .as("%d bytes", bytes)
          .hasMessageContaining(file + " was cut off");
    }
    new NativeLibrary("PyTorch", folder.resolve("none"), "DJL_CACHE_DIR").requireWhole();
  }

  @Test
  void unusable_namesTheFolderTheReasonAndTheRemedy() throws IOException {
    Throwable damaged = catchThrowable(() -> System.load(cut(20).toString()));
    assertThat(library().unusable(new RuntimeException("Failed to load", damaged)))
        .startsWith("PyTorch's native library cannot be loaded from " + folder + " (")
        .contains("file too short")
        .endsWith(
            "); the file is damaged; remove the folder, which the next start or a new"
                + " installation makes anew");
    assertThat(
            library()
                .unusable(
                    new UnsatisfiedLinkError(
                        "libtorch.so: /lib/libc.so.6: version `GLIBC_2.28' not found")))
        .endsWith("this system is too old for it: GLIBC_2.28 is needed");
    assertThat(library().unusable(new UnsatisfiedLinkError("wrong ELF class: ELFCLASS32")))
        .endsWith("it is for 64-bit x86 Linux with glibc; remove the folder to have it made anew");
    assertThat(library().unusable(new IllegalStateException("Failed to save pytorch index file")))
        .contains("(Failed to save pytorch index file)")
        .contains("cannot be downloaded; start once with a network, or copy that folder");
  }
}
