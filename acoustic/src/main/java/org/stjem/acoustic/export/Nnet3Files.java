package org.stjem.acoustic.export;

import java.io.IOException;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Kaldi's files of an nnet3 model (nnet3/am-nnet-simple.cc):
 *
 * <pre>
 * raw network    = [ "\0B" ] network
 * acoustic model = [ "\0B" ] transition-model network
 *                  "&lt;LeftContext&gt; " int "&lt;RightContext&gt; " int "&lt;Priors&gt; " vector
 * </pre>
 *
 * <p>The binary form begins with {@code \0B}. {@code transition-model} is what {@link
 * TransitionModel#write} writes, {@code network} and the values what {@link Nnet3Network} does.
 */
public final class Nnet3Files {
  private Nnet3Files() {}

  /**
   * Writes a network alone, such as {@code nnet3-compute} takes; a file appears whole or not at
   * all.
   *
   * @param wxfilename where to
   * @param kind what its rows hold
   * @throws StjemException if it cannot be written
   */
  public static void writeRaw(
      String wxfilename, boolean binary, PlainModel model, OutputKind kind) {
    KaldiObjects.write(
        wxfilename,
        binary,
        Nnet3Builder.network(model, kind),
        (out, inBinary, network) -> {
          if (inBinary) {
            out.writeBinaryHeader();
          }
          network.write(out, inBinary);
        });
  }

  /**
   * Writes a complete acoustic model, such as {@code nnet3-latgen-faster} takes: its scores are the
   * log-likelihoods of {@code acoustic forward}. A file appears whole or not at all.
   *
   * @param wxfilename where to
   * @param transitionModel rxfilename of a {@code final.mdl} with the same pdfs
   * @throws StjemException if that cannot be read, has other pdfs, or the model cannot be written
   */
  public static void writeAcousticModel(
      String wxfilename, boolean binary, PlainModel model, String transitionModel) {
    TransitionModel transitions = TransitionModel.read(transitionModel);
    ModelDescription description = model.description();
    if (transitions.numPdfs() != description.numPdfs()) {
      throw new StjemException(
          "the model has "
              + description.numPdfs()
              + " pdfs but "
              + transitionModel
              + " has "
              + transitions.numPdfs());
    }
    KaldiPriors priors = KaldiPriors.of(model.priors());
    KaldiObjects.write(
        wxfilename,
        binary,
        Nnet3Builder.network(model, priors),
        (out, inBinary, network) -> {
          if (inBinary) {
            out.writeBinaryHeader();
          }
          transitions.write(out, inBinary);
          network.write(out, inBinary);
          writeContextAndPriors(new Nnet3Output(out, inBinary), description, priors);
        });
  }

  private static void writeContextAndPriors(
      Nnet3Output out, ModelDescription description, KaldiPriors priors) throws IOException {
    out.token("<LeftContext>");
    out.integer(description.leftContext());
    out.token("<RightContext>");
    out.integer(description.rightContext());
    out.token("<Priors>");
    out.vector(priors.vector());
  }
}
