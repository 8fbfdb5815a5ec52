package org.stjem.imagebench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.stjem.acoustic.ebm.SeededRandom;

/** Small sets of made-up pictures. */
public final class TestImages {
  private TestImages() {}

  /** Pictures of random bytes, the classes in turn. */
  static CifarImages random(int size, int classes, long seed) {
    SeededRandom random = new SeededRandom(seed, 0);
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] planes = new byte[CifarImages.SIZE];
      random.nextBytes(planes);
      pixels.add(planes);
      labels.add(i % classes);
    }
    List<String> names =
        IntStream.range(0, classes).mapToObj(Integer::toString).collect(Collectors.toList());
    return new CifarImages(names, pixels, labels);
  }

  /** A picture whose red is its column, green its row and blue {@code blue}. */
  static BufferedImage picture(int side, int blue) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, x << 16 | y << 8 | blue);
      }
    }
    return image;
  }

  /** Writes {@code perClass} PNG pictures of classes cat and dog for training, and one for test. */
  public static void writeFolder(Path folder, int perClass) throws IOException {
    int blue = 0;
    for (String name : List.of("dog", "cat")) {
      for (int i = 0; i < perClass; i++) {
        write(folder.resolve("train").resolve(name).resolve(i + ".png"), picture(32, blue++));
      }
      write(folder.resolve("test").resolve(name).resolve("0.PNG"), picture(32, blue++));
    }
  }

  static void write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }
}
