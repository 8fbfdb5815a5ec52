package org.stjem.frontend.kaldi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.stjem.frontend.io.ByteNames;

/**
 * Opens Kaldi tables by rspecifier and wspecifier, such as {@code scp:feats.scp}, {@code ark:gunzip
 * -c ali.*.gz|} or {@code ark,scp:feats.ark,feats.scp} (util/kaldi-table.h).
 *
 * <p>Every method throws a {@link org.stjem.frontend.io.StjemException} if the specifier is
 * malformed or cannot be opened.
 */
public final class Tables {
  private static final Holder<FloatMatrix> FLOAT_MATRIX = new FloatMatrixHolder(null);
  private static final Holder<DoubleMatrix> DOUBLE_MATRIX = new DoubleMatrixHolder();
  private static final Holder<float[]> FLOAT_VECTOR = new FloatVectorHolder();
  private static final Holder<double[]> DOUBLE_VECTOR = new DoubleVectorHolder();
  private static final Holder<int[]> INT_VECTOR = new IntVectorHolder();
  private static final Holder<Integer> INT = new IntHolder();
  private static final Holder<Double> DOUBLE = new DoubleHolder();
  private static final Holder<List<String>> TOKEN_VECTOR = new TokenVectorHolder();

  private Tables() {}

  /** The script file that an rspecifier {@code scp:FILE} names; empty for an archive or a pipe. */
  public static Optional<Path> script(String rspecifier) {
    Rspecifier parsed = Rspecifier.parse(rspecifier);
    if (parsed.archive() || parsed.rxfilename().indexOf('\0') >= 0) {
      return Optional.empty();
    }
    return Optional.of(ByteNames.path(parsed.rxfilename())).filter(Files::isRegularFile);
  }

  /** Whether {@code text} is meant as a table specifier, not as a file. */
  public static boolean isSpecifier(String text) {
    return Specifiers.isSpecifier(text);
  }

  /** Reads values of any type in the order of the table. */
  public static <T> SequentialTableReader<T> read(String rspecifier, ObjectReader<T> holder) {
    Rspecifier specifier = Rspecifier.parse(rspecifier);
    SequentialTableReader<T> entries =
        specifier.archive()
            ? new ArchiveEntries<>(specifier, holder)
            : new ScriptEntries<>(specifier, holder);
    return specifier.background() ? new BackgroundEntries<>(entries) : entries;
  }

  /** Looks values of any type up by key. */
  public static <T> RandomAccessTableReader<T> lookUp(String rspecifier, ObjectReader<T> holder) {
    Rspecifier specifier = Rspecifier.parse(rspecifier);
    return specifier.archive()
        ? new ArchiveLookup<>(specifier, holder)
        : new ScriptLookup<>(specifier, holder);
  }

  /** Writes values of any type. */
  public static <T> TableWriter<T> write(String wspecifier, ObjectWriter<T> holder) {
    Wspecifier specifier = Wspecifier.parse(wspecifier);
    return specifier.archive() != null
        ? new ArchiveWriter<>(specifier, holder)
        : new ScriptWriter<>(specifier, holder);
  }

  /** Reads matrices of floats; those of doubles and compressed ones are converted. */
  public static SequentialTableReader<FloatMatrix> readFloatMatrices(String rspecifier) {
    return read(rspecifier, FLOAT_MATRIX);
  }

  /** Reads matrices of doubles; those of floats and compressed ones are converted. */
  public static SequentialTableReader<DoubleMatrix> readDoubleMatrices(String rspecifier) {
    return read(rspecifier, DOUBLE_MATRIX);
  }

  /** Reads vectors of floats; those of doubles are converted. */
  public static SequentialTableReader<float[]> readFloatVectors(String rspecifier) {
    return read(rspecifier, FLOAT_VECTOR);
  }

  /** Reads vectors of doubles; those of floats are converted. */
  public static SequentialTableReader<double[]> readDoubleVectors(String rspecifier) {
    return read(rspecifier, DOUBLE_VECTOR);
  }

  /** Reads vectors of integers, such as alignments. */
  public static SequentialTableReader<int[]> readIntVectors(String rspecifier) {
    return read(rspecifier, INT_VECTOR);
  }

  /** Reads integers, such as utt2num_frames. */
  public static SequentialTableReader<Integer> readInts(String rspecifier) {
    return read(rspecifier, INT);
  }

  /** Reads lines of words, such as transcripts and spk2utt. */
  public static SequentialTableReader<List<String>> readTokenVectors(String rspecifier) {
    return read(rspecifier, TOKEN_VECTOR);
  }

  /** Looks up matrices of floats; those of doubles and compressed ones are converted. */
  public static RandomAccessTableReader<FloatMatrix> lookUpFloatMatrices(String rspecifier) {
    return lookUp(rspecifier, FLOAT_MATRIX);
  }

  /** Looks up matrices of doubles; those of floats and compressed ones are converted. */
  public static RandomAccessTableReader<DoubleMatrix> lookUpDoubleMatrices(String rspecifier) {
    return lookUp(rspecifier, DOUBLE_MATRIX);
  }

  /** Looks up vectors of floats; those of doubles are converted. */
  public static RandomAccessTableReader<float[]> lookUpFloatVectors(String rspecifier) {
    return lookUp(rspecifier, FLOAT_VECTOR);
  }

  /** Looks up vectors of doubles; those of floats are converted. */
  public static RandomAccessTableReader<double[]> lookUpDoubleVectors(String rspecifier) {
    return lookUp(rspecifier, DOUBLE_VECTOR);
  }

  /** Looks up vectors of integers, such as alignments. */
  public static RandomAccessTableReader<int[]> lookUpIntVectors(String rspecifier) {
    return lookUp(rspecifier, INT_VECTOR);
  }

  /** Looks up integers, such as utt2num_frames. */
  public static RandomAccessTableReader<Integer> lookUpInts(String rspecifier) {
    return lookUp(rspecifier, INT);
  }

  /** Looks up numbers, such as the warp factors of speakers. */
  public static RandomAccessTableReader<Double> lookUpDoubles(String rspecifier) {
    return lookUp(rspecifier, DOUBLE);
  }

  /** Looks up lines of words; one word per line serves for utt2spk. */
  public static RandomAccessTableReader<List<String>> lookUpTokenVectors(String rspecifier) {
    return lookUp(rspecifier, TOKEN_VECTOR);
  }

  /** Writes matrices of floats in full precision. */
  public static TableWriter<FloatMatrix> writeFloatMatrices(String wspecifier) {
    return write(wspecifier, FLOAT_MATRIX);
  }

  /** Writes matrices of floats, compressed unless the wspecifier asks for text. */
  public static TableWriter<FloatMatrix> writeFloatMatrices(
      String wspecifier, CompressionMethod compression) {
    return write(wspecifier, new FloatMatrixHolder(compression));
  }

  /**
   * Writes matrices of floats, each as its rows come, in little memory unless it is compressed.
   *
   * @param compression null for full precision
   */
  public static TableWriter<FloatRows> writeFloatRows(
      String wspecifier, CompressionMethod compression) {
    return write(wspecifier, new FloatMatrixHolder(compression)::writeRows);
  }

  /** Writes matrices of doubles. */
  public static TableWriter<DoubleMatrix> writeDoubleMatrices(String wspecifier) {
    return write(wspecifier, DOUBLE_MATRIX);
  }

  /** Writes vectors of floats. */
  public static TableWriter<float[]> writeFloatVectors(String wspecifier) {
    return write(wspecifier, FLOAT_VECTOR);
  }

  /** Writes vectors of doubles. */
  public static TableWriter<double[]> writeDoubleVectors(String wspecifier) {
    return write(wspecifier, DOUBLE_VECTOR);
  }

  /** Writes vectors of integers. */
  public static TableWriter<int[]> writeIntVectors(String wspecifier) {
    return write(wspecifier, INT_VECTOR);
  }

  /** Writes integers. */
  public static TableWriter<Integer> writeInts(String wspecifier) {
    return write(wspecifier, INT);
  }

  /** Writes numbers, such as utt2dur. */
  public static TableWriter<Double> writeDoubles(String wspecifier) {
    return write(wspecifier, DOUBLE);
  }

  /** Writes lines of words; always as text. */
  public static TableWriter<List<String>> writeTokenVectors(String wspecifier) {
    return write(wspecifier, TOKEN_VECTOR);
  }
}
