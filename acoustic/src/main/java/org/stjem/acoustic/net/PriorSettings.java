package org.stjem.acoustic.net;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.JsonFault;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The priors of a model's pdfs, and how they are divided out of its posteriors where nothing else
 * is asked for. A model folder keeps them in {@code priors.json}.
 *
 * @param classCounts frames of each pdf, of any sum; empty if they are not known
 * @param floor relative frequency below which a pdf is switched off, see {@link Priors}
 * @param scale factor of the log prior, 1 in theory
 */
public record PriorSettings(double[] classCounts, double floor, double scale) {
  /** Factor of the log prior unless said otherwise: {@code --prior-scale}. */
  public static final double DEFAULT_SCALE = 1;

  /** Keeps scores finite even of pdfs that a huge prior switches off. */
  public static final int LARGEST_SCALE = 1000;

  private static final int FORMAT_VERSION = 1;

  /** The form in the file; without counts those of the model are meant. */
  @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
  private record Stored(Integer formatVersion, double[] classCounts, Double floor, Double scale) {}

  /** Checks floor and scale. */
  public PriorSettings {
    if (!(floor >= 0 && floor < 1)) {
      throw new StjemException("the prior floor is " + floor + ", must be from 0 to below 1");
    }
    if (!(Math.abs(scale) <= LARGEST_SCALE)) {
      throw new StjemException(
          "the prior scale is "
              + scale
              + ", must be from -"
              + LARGEST_SCALE
              + " to "
              + LARGEST_SCALE);
    }
  }

  /** Priors of the counts, with Kaldi's floor and scale. */
  public static PriorSettings of(double[] classCounts) {
    return new PriorSettings(classCounts, Priors.DEFAULT_FLOOR, DEFAULT_SCALE);
  }

  /**
   * The same with another floor and scale.
   *
   * @param otherFloor null for the same
   * @param otherScale null for the same
   */
  public PriorSettings with(Double otherFloor, Double otherScale) {
    return new PriorSettings(
        classCounts,
        Objects.requireNonNullElse(otherFloor, floor),
        Objects.requireNonNullElse(otherScale, scale));
  }

  /**
   * The priors.
   *
   * @throws StjemException if the counts are not known, negative, not finite or all zero
   */
  public Priors priors() {
    if (!areKnown()) {
      throw new StjemException(
          "the model knows no priors, which log-likelihoods need: give counts of the frames of each"
              + " pdf by --class-frame-counts or 'acoustic set-priors', or ask for logits");
    }
    return Priors.ofCounts(classCounts, floor);
  }

  /** Whether floor and scale are those of Kaldi. */
  boolean isOfKaldi() {
    return floor == Priors.DEFAULT_FLOOR && scale == DEFAULT_SCALE;
  }

  /** Whether the counts are known. */
  public boolean areKnown() {
    return classCounts.length > 0;
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @param ofModel the model's own counts, which hold where the file has none; empty if there are
   *     none either
   * @throws StjemException if the file is none, or has counts of another number of pdfs
   */
  static PriorSettings read(Path file, double[] ofModel, int numPdfs) {
    try {
      return parse(file.toString(), TextFile.read(file), ofModel, numPdfs);
    } catch (IOException e) {
      throw new StjemException("cannot read priors " + file + ": " + StjemException.reason(e), e);
    }
  }

  /** Reads the text of such a file; see {@link #read}. */
  static PriorSettings parse(String file, String json, double[] ofModel, int numPdfs) {
    Stored stored;
    try {
      stored = new Gson().fromJson(json, Stored.class);
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new StjemException(file + " holds no priors: " + JsonFault.reason(e), e);
    }
    if (stored == null || !Objects.equals(stored.formatVersion, FORMAT_VERSION)) {
      throw new StjemException(
          file
              + ": format version "
              + (stored == null ? "missing" : stored.formatVersion)
              + ", this program reads version "
              + FORMAT_VERSION);
    }
    if (stored.floor == null || stored.scale == null) {
      throw new StjemException(file + " lacks one of floor and scale");
    }
    double[] counts = stored.classCounts == null ? ofModel : stored.classCounts;
    if (counts.length != numPdfs && counts.length > 0) {
      throw new StjemException(
          file + " has counts of " + counts.length + " pdfs, the model has " + numPdfs);
    }
    try {
      PriorSettings settings = new PriorSettings(counts, stored.floor, stored.scale);
      if (settings.areKnown()) {
        settings.priors();
      }
      return settings;
    } catch (StjemException e) {
      throw new StjemException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the file.
   *
   * @param withCounts whether the counts are written too, rather than left to the model
   */
  void write(Path file, boolean withCounts) throws IOException {
    AtomicFile.writeString(file, json(withCounts) + "\n");
  }

  /** What {@link #parse} reads. */
  String json(boolean withCounts) {
    Stored stored = new Stored(FORMAT_VERSION, withCounts ? classCounts : null, floor, scale);
    return ByteText.json(new GsonBuilder().setPrettyPrinting().create().toJson(stored));
  }
}
