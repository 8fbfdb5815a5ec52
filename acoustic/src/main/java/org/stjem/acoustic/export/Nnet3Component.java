package org.stjem.acoustic.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.acoustic.onnx.NetworkLayers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A component of a Kaldi network: what is computed where a node of the network says so. But for
 * convolutions, all are of kinds without parameters to train, which Kaldi leaves alone when it
 * simplifies a network (nnet3/nnet-simple-component.cc); of convolutions it has no such kind.
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

  /**
   * A convolution over time and height (nnet3/nnet-convolutional-component.cc), whose values are
   * {@code [height, filters]} at each time.
   *
   * @param sizes bins are Kaldi's heights
   * @param step frames from one position under a filter to the next
   * @param filters weights {@code [filters, inputs, frames, bins]} and bias
   */
  record TimeHeightConvolution(Convolution sizes, int step, NetworkLayers.Filters filters)
      implements Nnet3Component {
    /** What Kaldi's configurations have unless they say otherwise. */
    private static final double MEBIBYTES = 200;

    @Override
    public void write(Nnet3Output out) throws IOException {
      out.token("<TimeHeightConvolutionComponent>");
      out.token("<LearningRate>");
      out.real(0);
      out.token("<Model>");
      out.token("<ConvolutionModel>");
      writeSize(out, "<NumFiltersIn>", sizes.inputs());
      writeSize(out, "<NumFiltersOut>", sizes.filters());
      writeSize(out, "<HeightIn>", sizes.bins());
      writeSize(out, "<HeightOut>", sizes.outputBins());
      writeSize(out, "<HeightSubsampleOut>", sizes.strideBins());
      out.token("<Offsets>");
      List<Integer> bins = usedBins();
      List<int[]> offsets = new ArrayList<>();
      for (int frame = 0; frame < sizes.kernelFrames(); frame++) {
        for (int bin : bins) {
          offsets.add(new int[] {frame * step, bin - sizes.paddingBins()});
        }
      }
      out.pairs(offsets);
      out.token("<RequiredTimeOffsets>");
      out.integers(IntStream.range(0, sizes.kernelFrames()).map(frame -> frame * step).toArray());
      out.token("</ConvolutionModel>");
      out.token("<LinearParams>");
      out.matrix(weights(bins));
      out.token("<BiasParams>");
      out.vector(filters.bias().values());
      out.token("<MaxMemoryMb>");
      out.real(MEBIBYTES);
      out.token("<UseNaturalGradient>");
      out.bool(false);
      out.token("<NumMinibatchesHistory>");
      out.real(4);
      out.token("<AlphaInOut>");
      out.real(4);
      out.real(4);
      out.token("<RankInOut>");
      out.integer(1);
      out.integer(1);
      out.token("</TimeHeightConvolutionComponent>");
    }

    private static void writeSize(Nnet3Output out, String field, int size) throws IOException {
      out.token(field);
      out.integer(size);
    }

    /** Bins of a filter that are not beside the input everywhere, which Kaldi does not take. */
    private List<Integer> usedBins() {
      List<Integer> used = new ArrayList<>();
      for (int bin = 0; bin < sizes.kernelBins(); bin++) {
        int offset = bin - sizes.paddingBins();
        boolean somewhere =
            IntStream.range(0, sizes.outputBins())
                .map(out -> out * sizes.strideBins() + offset)
                .anyMatch(in -> in >= 0 && in < sizes.bins());
        if (somewhere) {
          used.add(bin);
        }
      }
      return used;
    }

    /** A row for each filter, in it for each offset its inputs. */
    private FloatMatrix weights(List<Integer> bins) {
      int kernel = sizes.kernelFrames() * sizes.kernelBins();
      float[] values = filters.weight().values();
      int columns = sizes.kernelFrames() * bins.size() * sizes.inputs();
      FloatMatrix matrix = new FloatMatrix(sizes.filters(), columns);
      for (int filter = 0; filter < sizes.filters(); filter++) {
        int column = 0;
        for (int frame = 0; frame < sizes.kernelFrames(); frame++) {
          for (int bin : bins) {
            for (int input = 0; input < sizes.inputs(); input++) {
              int first = (filter * sizes.inputs() + input) * kernel;
              matrix.set(filter, column++, values[first + frame * sizes.kernelBins() + bin]);
            }
          }
        }
      }
      return matrix;
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
