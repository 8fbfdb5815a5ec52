package org.stjem.acoustic.export;

import java.io.IOException;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A component of a Kaldi network: what is computed where a node of the network says so. All are of
 * kinds without parameters to train, which Kaldi leaves alone when it simplifies a network
 * (nnet3/nnet-simple-component.cc).
 */
sealed interface Nnet3Component {

  /**
   * Writes the component: {@code <Type> <Field> value … </Type>}.
   *
   * @see Nnet3Network the whole grammar
   */
  void write(Nnet3Output out) throws IOException;

  /** y = W x + b. */
  record FixedAffine(MlpGraph.Layer layer) implements Nnet3Component {
    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<FixedAffineComponent>");
      out.token("<LinearParams>");
      out.matrix(new FloatMatrix(layer.outputs(), layer.inputs(), layer.weight().values()));
      out.token("<BiasParams>");
      out.vector(layer.bias().values());
      out.token("</FixedAffineComponent>");
    }
  }

  /** y = a · x, element by element. */
  @SuppressWarnings("ArrayRecordComponent") // written at once, never compared
  record FixedScale(float[] scales) implements Nnet3Component {
    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<FixedScaleComponent>");
      out.token("<Scales>");
      out.vector(scales);
      out.token("</FixedScaleComponent>");
    }
  }

  /** y = x + b. */
  @SuppressWarnings("ArrayRecordComponent") // written at once, never compared
  record FixedBias(float[] bias) implements Nnet3Component {
    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<FixedBiasComponent>");
      out.token("<Bias>");
      out.vector(bias);
      out.token("</FixedBiasComponent>");
    }
  }

  /** The product of the two halves of the input. */
  record Product(int outputs) implements Nnet3Component {
    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<ElementwiseProductComponent>");
      out.token("<InputDim>");
      out.integer(2 * outputs);
      out.token("<OutputDim>");
      out.integer(outputs);
      out.token("</ElementwiseProductComponent>");
    }
  }

  /** A function without parameters; the statistics that training would gather are empty. */
  record Nonlinearity(String type, int dim) implements Nnet3Component {
    static Nonlinearity sigmoid(int dim) {
      return new Nonlinearity("SigmoidComponent", dim);
    }

    static Nonlinearity relu(int dim) {
      return new Nonlinearity("RectifiedLinearComponent", dim);
    }

    static Nonlinearity logSoftmax(int dim) {
      return new Nonlinearity("LogSoftmaxComponent", dim);
    }

    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<" + type + ">");
      out.token("<Dim>");
      out.integer(dim);
      out.token("<ValueAvg>");
      out.vector();
      out.token("<DerivAvg>");
      out.vector();
      out.token("<Count>");
      out.real(0);
      out.token("<NumDimsSelfRepaired>");
      out.real(0);
      out.token("<NumDimsProcessed>");
      out.real(0);
      out.token("</" + type + ">");
    }
  }
}
