package org.stjem.imagebench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The official binary layouts, as contents by file name:
 *
 * <ul>
 *   <li>CIFAR-10: {@code data_batch_1.bin} … {@code data_batch_5.bin} and {@code test_batch.bin},
 *       per picture one label byte, then the planes; {@code batches.meta.txt} with a class name a
 *       line;
 *   <li>CIFAR-100: {@code train.bin} and {@code test.bin}, per picture a coarse and a fine label,
 *       of which the fine one counts, then the planes; {@code fine_label_names.txt} and {@code
 *       coarse_label_names.txt}.
 * </ul>
 *
 * Without names there are ten or a hundred classes, called by their numbers.
 */
final class CifarBatches {
  private static final int TRAIN_BATCHES = 5;
  private static final int MOST_SMALL = 10;
  private static final int MOST_CLASSES = 256;
  private static final String TEST_10 = "test_batch.bin";
  private static final String NAMES_10 = "batches.meta.txt";
  private static final String TRAIN_100 = "train.bin";
  private static final String TEST_100 = "test.bin";
  private static final String NAMES_100 = "fine_label_names.txt";
  private static final String COARSE_NAMES = "coarse_label_names.txt";

  private static final Pattern PART =
      Pattern.compile(
          "(?:.*/)?((?:data_batch_[1-5]|test_batch|train|test)\\.bin"
              + "|(?:batches\\.meta|(?:fine|coarse)_label_names)\\.txt)");

  private final Path data;
  private final SortedMap<String, byte[]> files;

  private CifarBatches(Path data, SortedMap<String, byte[]> files) {
    this.data = data;
    this.files = files;
  }

  /** The name that the file at {@code path} has in a layout, or null. */
  static String part(String path) {
    Matcher part = PART.matcher(path);
    return part.matches() ? part.group(1) : null;
  }

  /** Whether there is a batch of CIFAR-10's layout. */
  static boolean isCifar10(SortedMap<String, byte[]> files) {
    return files.keySet().stream().anyMatch(name -> name.contains("_batch"));
  }

  /** Whether there is a batch of CIFAR-100's layout. */
  static boolean isCifar100(SortedMap<String, byte[]> files) {
    return files.containsKey(TRAIN_100) || files.containsKey(TEST_100);
  }

  private static List<String> trainNames() {
    return IntStream.rangeClosed(1, TRAIN_BATCHES)
        .mapToObj(number -> "data_batch_" + number + ".bin")
        .toList();
  }

  /**
   * The data set in {@code files}, which are of one layout.
   *
   * @param data where they come from, for messages
   * @throws ImageBenchException if one is missing or damaged
   */
  static CifarData decode(Path data, String name, SortedMap<String, byte[]> files) {
    CifarBatches batches = new CifarBatches(data, files);
    if (isCifar10(files)) {
      List<String> classes = batches.classNames(NAMES_10, 10);
      return new CifarData(
          name,
          batches.images(trainNames(), 1, classes),
          batches.images(List.of(TEST_10), 1, classes));
    }
    List<String> classes = batches.classNames(NAMES_100, 100);
    return new CifarData(
        name,
        batches.images(List.of(TRAIN_100), 2, classes),
        batches.images(List.of(TEST_100), 2, classes));
  }

  private List<String> classNames(String file, int number) {
    byte[] content = files.get(file);
    if (content == null) {
      return IntStream.range(0, number).mapToObj(Integer::toString).collect(Collectors.toList());
    }
    List<String> names =
        new String(content, StandardCharsets.UTF_8).strip().lines().map(String::strip).toList();
    if (names.contains("") || names.size() > MOST_CLASSES) {
      throw new ImageBenchException(
          String.format(
              Locale.ROOT,
              "%s: %s has %d lines, must have one class name a line, at most %d",
              data,
              file,
              names.size(),
              MOST_CLASSES));
    }
    return names;
  }

  /** Pictures of some batches; the last of {@code labelBytes} counts. */
  private CifarImages images(List<String> names, int labelBytes, List<String> classes) {
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int record = labelBytes + CifarImages.SIZE;
    for (String name : names) {
      byte[] batch = files.get(name);
      if (batch == null) {
        throw new ImageBenchException(data + " lacks " + name);
      }
      if (batch.length == 0 || batch.length % record != 0) {
        throw new ImageBenchException(
            String.format(
                Locale.ROOT,
                "%s: %s has %d bytes, not a positive multiple of %d: truncated within image %d",
                data,
                name,
                batch.length,
                record,
                batch.length / record));
      }
      for (int offset = 0; offset < batch.length; offset += record) {
        int label = batch[offset + labelBytes - 1] & 0xFF;
        if (label >= classes.size()) {
          throw new ImageBenchException(
              String.format(
                  Locale.ROOT,
                  "%s: %s has label %d at byte offset %d, must be 0 to %d",
                  data,
                  name,
                  label,
                  offset + labelBytes - 1,
                  classes.size() - 1));
        }
        labels.add(label);
        pixels.add(Arrays.copyOfRange(batch, offset + labelBytes, offset + record));
      }
    }
    return new CifarImages(classes, pixels, labels);
  }

  /**
   * The files that hold {@code set}: in CIFAR-10's layout where there are at most ten classes, else
   * in CIFAR-100's, with one coarse label, 0, for all.
   *
   * @throws ImageBenchException if there are too many classes, or too few pictures for five batches
   */
  static SortedMap<String, byte[]> encode(CifarData set) {
    CifarImages train = set.train();
    int classes = train.classes();
    SortedMap<String, byte[]> files = new TreeMap<>();
    if (classes > MOST_CLASSES) {
      throw new ImageBenchException(
          set.name() + " has " + classes + " classes, a label holds " + MOST_CLASSES);
    }
    if (classes > MOST_SMALL) {
      files.put(TRAIN_100, records(train, 2, 0, train.size()));
      files.put(TEST_100, records(set.test(), 2, 0, set.test().size()));
      files.put(NAMES_100, lines(train.classNames()));
      files.put(COARSE_NAMES, lines(List.of("all")));
      return files;
    }
    if (train.size() < TRAIN_BATCHES) {
      throw new ImageBenchException(
          set.name() + " has " + train.size() + " training images, too few for five batches");
    }
    for (int batch = 0; batch < TRAIN_BATCHES; batch++) {
      int from = (int) ((long) batch * train.size() / TRAIN_BATCHES);
      int to = (int) ((batch + 1L) * train.size() / TRAIN_BATCHES);
      files.put(trainNames().get(batch), records(train, 1, from, to));
    }
    files.put(TEST_10, records(set.test(), 1, 0, set.test().size()));
    files.put(NAMES_10, lines(train.classNames()));
    return files;
  }

  private static byte[] records(CifarImages images, int labelBytes, int from, int to) {
    ByteArrayOutputStream out =
        new ByteArrayOutputStream((to - from) * (labelBytes + CifarImages.SIZE));
    for (int i = from; i < to; i++) {
      if (labelBytes == 2) {
        out.write(0);
      }
      out.write(images.label(i));
      out.writeBytes(images.pixels(i));
    }
    return out.toByteArray();
  }

  private static byte[] lines(List<String> names) {
    return (String.join("\n", names) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
