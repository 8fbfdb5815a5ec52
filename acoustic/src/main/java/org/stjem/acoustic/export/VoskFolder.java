package org.stjem.acoustic.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.stjem.acoustic.decode.DecoderOptions;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;

/**
 * The folder that Vosk loads (src/model.cc of vosk-api):
 *
 * <pre>
 * am/final.mdl                     the acoustic model, see {@link Nnet3Files}
 * am/global_cmvn.stats             only if features are normalised: statistics to begin with
 * conf/fbank.conf                  options of the features
 * conf/model.conf                  options of the decoder, of the network and of end-pointing
 * graph/HCLG.fst, graph/words.txt  the decoding graph
 * graph/phones/word_boundary.int   if there is one: where words begin and end, for their times
 * </pre>
 *
 * <p>{@code conf/*.conf} have lines {@code --name=value}. Vosk takes every option there for one of
 * its own and does not load a folder with others.
 */
public final class VoskFolder {
  private static final String GRAPH = "HCLG.fst";
  private static final String WORDS = "words.txt";
  private static final String BOUNDARIES = "word_boundary.int";
  private static final String SILENCE = "silence.csl";

  private final PlainModel model;
  private final VoskSettings settings;
  private final OnlineFeatures features;
  private final String silencePhones;

  /**
   * Checks that there is all that such a folder needs.
   *
   * @param modelFolder where the model was read from, which holds the statistics of its features
   * @throws StjemException if a file is missing, the graph is of another transition model, or the
   *     features of the model cannot be made from a stream of audio
   */
  public VoskFolder(PlainModel model, Path modelFolder, VoskSettings settings) {
    this.model = model;
    this.settings = settings;
    this.features = OnlineFeatures.of(model.description(), modelFolder);
    for (String name : new String[] {GRAPH, WORDS}) {
      if (!Files.isRegularFile(settings.graph().resolve(name))) {
        throw new StjemException("the graph folder " + settings.graph() + " has no " + name);
      }
    }
    checkPdfs();
    this.silencePhones = silencePhones();
  }

  /** Kaldi's graph folders tell their number of pdfs. */
  private void checkPdfs() {
    Path file = settings.graph().resolve("num_pdfs");
    if (!Files.isRegularFile(file)) {
      return;
    }
    String pdfs = read(file);
    ModelDescription description = model.description();
    if (!pdfs.equals(Integer.toString(description.numPdfs()))) {
      throw new StjemException(
          "the model has "
              + description.numPdfs()
              + " pdfs but the graph "
              + settings.graph()
              + " has "
              + pdfs);
    }
  }

  private String silencePhones() {
    String phones =
        settings
            .silencePhones()
            .orElseGet(
                () ->
                    read(
                        ofPhones(SILENCE)
                            .orElseThrow(
                                () ->
                                    new StjemException(
                                        "neither "
                                            + settings.graph()
                                            + " nor a --lang folder has phones/"
                                            + SILENCE
                                            + ", which tells the phones that end an utterance;"
                                            + " give --lang or --silence-phones"))));
    if (!phones.matches("\\d{1,9}(:\\d{1,9})*")) {
      throw new StjemException(
          "the silence phones are '" + phones + "', must be numbers divided by colons: 1:2:3");
    }
    return phones;
  }

  /** A file of the phones folder of the graph or, if there is none, of the language. */
  private Optional<Path> ofPhones(String name) {
    return Stream.concat(Stream.of(settings.graph()), settings.lang().stream())
        .map(folder -> folder.resolve("phones").resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
  }

  /** Whether the features are normalised by earlier frames, which Vosk does only roughly. */
  public boolean normalisesFeatures() {
    return features.statistics().isPresent();
  }

  /** Whether Vosk will know where words begin and end. */
  public boolean hasWordBoundaries() {
    return ofPhones(BOUNDARIES).isPresent();
  }

  /**
   * Writes the folder, which appears whole or not at all.
   *
   * @param target a folder that is not there yet, or an empty one
   * @throws StjemException if it is there, or cannot be written
   */
  public void write(Path target) {
    try (AtomicFolder folder = AtomicFolder.create(target)) {
      fill(folder.temporary());
      folder.commit();
    } catch (IOException e) {
      throw new StjemException("cannot write " + target + ": " + StjemException.reason(e), e);
    }
  }

  private void fill(Path folder) throws IOException {
    Path am = Files.createDirectory(folder.resolve("am"));
    Path conf = Files.createDirectory(folder.resolve("conf"));
    Path graph = Files.createDirectory(folder.resolve("graph"));
    Nnet3Files.writeAcousticModel(
        ByteNames.of(am.resolve("final.mdl")), true, model, settings.transitionModel());
    features
        .statistics()
        .ifPresent(
            matrix ->
                KaldiObjects.writeDoubleMatrix(
                    ByteNames.of(am.resolve("global_cmvn.stats")), true, matrix));
    Files.writeString(conf.resolve("fbank.conf"), features.config());
    Files.writeString(conf.resolve("model.conf"), config());
    for (String name : new String[] {GRAPH, WORDS}) {
      Files.copy(settings.graph().resolve(name), graph.resolve(name));
    }
    Optional<Path> boundaries = ofPhones(BOUNDARIES);
    if (boundaries.isPresent()) {
      Path phones = Files.createDirectory(graph.resolve("phones"));
      Files.copy(boundaries.get(), phones.resolve(BOUNDARIES));
    }
  }

  private String config() {
    DecoderOptions decoder = settings.decoder();
    return String.join(
        "\n",
        "--beam=" + decoder.beam(),
        "--max-active=" + decoder.maxActive(),
        "--min-active=" + decoder.minActive(),
        "--lattice-beam=" + decoder.latticeBeam(),
        "--prune-interval=" + decoder.pruneInterval(),
        "--beam-delta=" + decoder.beamDelta(),
        "--acoustic-scale=" + settings.acousticScale(),
        "--frame-subsampling-factor=1",
        "--endpoint.silence-phones=" + silencePhones,
        "--endpoint.rule2.min-trailing-silence=0.5",
        "--endpoint.rule3.min-trailing-silence=1.0",
        "--endpoint.rule4.min-trailing-silence=2.0",
        "");
  }
}
