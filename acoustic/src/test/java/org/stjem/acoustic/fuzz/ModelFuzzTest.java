package org.stjem.acoustic.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OnnxMetadata;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxPrecision;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SymbolTable;
import org.stjem.frontend.kaldi.TransitionModel;

/** Models, graphs and symbol tables from strangers. */
@Timeout(400)
@Tag("hostile-files")
class ModelFuzzTest {
  @TempDir static Path folder;

  /** Also a vector of integers as it stands in a model. */
  @FuzzTest
  void transitionModel(byte[] bytes) {
    HostileFile.read(
        bytes,
        file -> {
          TransitionModel model = TransitionModel.read(file);
          double[] perPdf = new double[model.numPdfs()];
          for (int id = 1; id <= model.numTransitionIds(); id++) {
            perPdf[model.pdf(id)] += model.logProb(id);
            boolean unused = model.isFinal(id) || model.isSelfLoop(id);
          }
        });
    HostileFile.read(bytes, KaldiObjects::readIntVector);
  }

  /** Also a topology. */
  @FuzzTest
  void tree(byte[] bytes) {
    HostileFile.read(
        bytes,
        file -> {
          ContextDependency tree = ContextDependency.read(file);
          tree.numPdfs();
          tree.pdf(new int[tree.width()], 0);
        });
    HostileFile.read(
        bytes,
        file -> {
          HmmTopology topology = HmmTopology.read(file);
          ContextDependency monophones =
              ContextDependency.monophone(topology, List.of(topology.phones()));
          TransitionModel.of(topology, monophones);
        });
  }

  @FuzzTest
  void symbolTable(byte[] bytes) {
    HostileFile.read(bytes, SymbolTable::read);
  }

  @FuzzTest
  void graph(byte[] bytes) {
    HostileFile.read(bytes, file -> Fst.read(file).words());
  }

  @FuzzTest
  void weights(byte[] bytes) {
    HostileFile.readFile(
        folder.resolve("weights.safetensors"),
        bytes,
        file -> {
          try {
            SafeTensors.read(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * What is read of an ONNX file before a runtime sees it. The runtime is not fuzzed here: it would
   * take the fuzzer down with it, which is why networks are tried in a process of their own.
   */
  @FuzzTest
  void network(byte[] bytes) {
    HostileFile.readFile(
        folder.resolve("model.onnx"),
        bytes,
        file -> {
          ModelProto model = OnnxFile.model(file);
          OnnxPrecision.of(model);
          OnnxMetadata.read(file, OnnxFile.metadata(model));
          OnnxSignature.of(model, null);
        });
  }

  /** A folder lets only the network through that it was made of. */
  @FuzzTest
  void networkOfAnotherFolder(byte[] bytes) throws IOException {
    Files.createDirectories(folder.resolve("other"));
    Files.writeString(
        folder.resolve("other/model.json"),
        """
        {"formatVersion":1,"objective":"unknown","architecture":"onnx","hiddenLayers":[],
         "activation":"","featureDim":2,"leftContext":1,"rightContext":1,"numPdfs":4,
         "frameShiftMs":10,"featureNormalisation":"none","featureOptions":{},"inputMean":[0,0],
         "inputStddev":[1,1],"classCounts":[],"training":{},"seed":0,"revision":"unknown",
         "checksum":"0000"}
        """);
    HostileFile.readFile(
        folder.resolve("other/model.onnx"), bytes, file -> ModelFolder.load(file.getParent()));
  }

  /** Also the calibration beside it. */
  @FuzzTest
  void description(byte[] bytes) {
    HostileFile.readFile(folder.resolve("model.json"), bytes, file -> ModelFolder.describe(folder));
    HostileFile.readFile(folder.resolve("calibration.json"), bytes, PosteriorScaling::read);
  }
}
