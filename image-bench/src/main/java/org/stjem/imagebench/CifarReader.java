package org.stjem.imagebench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.DesktopLibrary;
import org.stjem.frontend.io.StjemException;

/**
 * Reads a data set from a folder or a tar archive, whatever folders it lies in there:
 *
 * <ul>
 *   <li>the binary version of CIFAR-10 or CIFAR-100, see {@link CifarBatches};
 *   <li>pictures {@code train/CLASS/NAME.jpg} and {@code test/CLASS/NAME.jpg}, JPEG or PNG, whose
 *       classes are numbered in alphabetical order, which is CIFAR-10's own.
 * </ul>
 *
 * It is called as folder or archive are, less {@code .tar.gz} and the like and the {@code -binary}
 * or {@code -batches-bin} of the official names.
 */
public final class CifarReader {
  private static final Logger LOG = LoggerFactory.getLogger(CifarReader.class);
  private static final int LOG_EVERY = 10_000;
  private static final Pattern PICTURE =
      Pattern.compile("(?:.*/)?(train|test)/([^/]+)/([^/.][^/]*\\.(?:jpe?g|png))");

  private final Path data;

  /** Contents of the binary layout by file name. */
  private final SortedMap<String, byte[]> batches = new TreeMap<>();

  /** Planes by file name, by class, of the training and the test pictures. */
  private final SortedMap<String, SortedMap<String, byte[]>> train = new TreeMap<>();

  private final SortedMap<String, SortedMap<String, byte[]>> test = new TreeMap<>();
  private int pictures;

  private CifarReader(Path data) {
    this.data = data;
  }

  /**
   * Reads the data set in {@code data}, a folder or an archive.
   *
   * @throws ImageBenchException if there is none, a part is missing or truncated, or a picture is
   *     not of 32 × 32 pixels
   */
  public static CifarData read(Path data) {
    return visit(data).result();
  }

  /**
   * A data set as the files of a binary layout.
   *
   * @param set the data set
   * @param files the contents by file name
   */
  record Batches(CifarData set, SortedMap<String, byte[]> files) {}

  /**
   * Reads the data set in {@code data} as the files of a binary layout: its own where it has one.
   *
   * @throws ImageBenchException as {@link #read}, or if no layout can hold it
   */
  static Batches readBatches(Path data) {
    CifarReader reader = visit(data);
    CifarData set = reader.result();
    return new Batches(set, reader.pictures > 0 ? CifarBatches.encode(set) : reader.batches);
  }

  private static CifarReader visit(Path data) {
    CifarReader reader = new CifarReader(data);
    ImageFiles.visit(data, reader::file);
    return reader;
  }

  private void file(String name, InputStream content) throws IOException {
    String part = CifarBatches.part(name);
    Matcher picture = PICTURE.matcher(name.toLowerCase(Locale.ROOT));
    if (part != null) {
      batches.put(part, content.readAllBytes());
    } else if (picture.matches()) {
      String[] parts = name.split("/");
      (picture.group(1).equals("train") ? train : test)
          .computeIfAbsent(parts[parts.length - 2], unused -> new TreeMap<>())
          .put(parts[parts.length - 1], planes(name, content.readAllBytes()));
      if (++pictures % LOG_EVERY == 0) {
        LOG.info("{}: decoded {} pictures", data, pictures);
      }
    }
  }

  private byte[] planes(String name, byte[] file) throws IOException {
    Pixels pixels;
    try {
      pixels = DesktopLibrary.decode(() -> Pixels.decode(file));
    } catch (StjemException e) {
      throw new ImageBenchException(data + ": " + name + ": " + e.getMessage(), e);
    }
    if (pixels == null) {
      throw new ImageBenchException(data + ": " + name + " is not a picture that can be decoded");
    }
    int side = CifarImages.SIDE;
    if (pixels.width() != side || pixels.height() != side) {
      throw new ImageBenchException(
          String.format(
              Locale.ROOT,
              "%s: %s has %d x %d pixels, must have %d x %d",
              data,
              name,
              pixels.width(),
              pixels.height(),
              side,
              side));
    }
    int[] colours = pixels.colours();
    byte[] planes = new byte[CifarImages.SIZE];
    for (int i = 0; i < colours.length; i++) {
      planes[i] = (byte) (colours[i] >> 16);
      planes[colours.length + i] = (byte) (colours[i] >> 8);
      planes[2 * colours.length + i] = (byte) colours[i];
    }
    return planes;
  }

  private CifarData result() {
    boolean decoded = !train.isEmpty() || !test.isEmpty();
    boolean cifar10 = CifarBatches.isCifar10(batches);
    boolean cifar100 = CifarBatches.isCifar100(batches);
    long kinds = Stream.of(decoded, cifar10, cifar100).filter(present -> present).count();
    if (kinds != 1) {
      throw new ImageBenchException(
          data
              + (kinds == 0 ? " holds none of " : " holds more than one of ")
              + "CIFAR-10 batches (data_batch_1.bin … 5, test_batch.bin), CIFAR-100 batches"
              + " (train.bin, test.bin) and pictures (train/CLASS/*.jpg, test/CLASS/*.jpg)");
    }
    if (!decoded) {
      return CifarBatches.decode(data, name(), batches);
    }
    List<String> classes = List.copyOf(train.keySet());
    return new CifarData(
        name(), pictures(classes, "train", train), pictures(classes, "test", test));
  }

  private String name() {
    return data.toAbsolutePath()
        .normalize()
        .getFileName()
        .toString()
        .replaceFirst("\\.(tar|tar\\.gz|tgz)$", "")
        .replaceFirst("-(binary|batches-bin)$", "");
  }

  private CifarImages pictures(
      List<String> classes, String part, Map<String, SortedMap<String, byte[]>> byClass) {
    if (byClass.isEmpty()) {
      throw new ImageBenchException(data + " holds no pictures " + part + "/CLASS/*.jpg or *.png");
    }
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    byClass.forEach(
        (name, files) -> {
          int label = classes.indexOf(name);
          if (label < 0) {
            throw new ImageBenchException(
                data + ": class " + name + " of the test pictures has no training pictures");
          }
          pixels.addAll(files.values());
          labels.addAll(files.keySet().stream().map(file -> label).collect(Collectors.toList()));
        });
    return new CifarImages(classes, pixels, labels);
  }
}
