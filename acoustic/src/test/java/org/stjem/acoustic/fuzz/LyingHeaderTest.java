package org.stjem.acoustic.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.HtkMatrixHolder;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/** Small files that promise gigabytes are answered with a sentence, and with little memory. */
@Tag("hostile-files")
class LyingHeaderTest {
  private static final int HUGE = 2_000_000_000;
  private static final long MAGIC_FST = 2125659606;

  private static final Consumer<String> WAVE = file -> KaldiObjects.read(file, new WaveHolder());
  private static final Consumer<String> MATRICES =
      file -> readAll(Tables.readFloatMatrices("ark:" + file));
  private static final Consumer<String> DOUBLE_MATRICES =
      file -> readAll(Tables.readDoubleMatrices("ark:" + file));
  private static final Consumer<String> VECTORS =
      file -> readAll(Tables.readFloatVectors("ark:" + file));
  private static final Consumer<String> INTEGERS =
      file -> readAll(Tables.readIntVectors("ark:" + file));
  private static final Consumer<String> HTK =
      file -> KaldiObjects.read(file, new HtkMatrixHolder(100_000, 7));
  private static final Consumer<String> GRAPH = file -> Fst.read(file).words();

  @TempDir Path folder;

  static Stream<Arguments> lies() {
    byte[] waveFormat = bytes("fmt ", 16, 0x10001, 16000, 32000, 0x100002);
    byte[] longSizes = bytes("RF64", -1, "WAVEds64");
    byte[] topology = bytes("\0B<TransitionModel> <Topology> ");
    byte[] onePhone = bytes(topology, four(1), 1, four(2), -1, 0, four(1));
    byte[] oneState = bytes(onePhone, four(2), four(0), four(1), four(1), (byte) 4, 0.5f);
    byte[] model = bytes(oneState, four(-1), four(0), "</Topology> <Triples> ");
    byte[] vectorGraph = bytes((int) MAGIC_FST, text("vector"), text("standard"), 2);
    byte[] constGraph = bytes((int) MAGIC_FST, text("const"), text("standard"), 2);
    return Stream.of(
        arguments("WAV format chunk", bytes("RIFF", HUGE, "WAVEfmt ", HUGE), WAVE, "ends early"),
        arguments("WAV other chunk", bytes("RIFF", HUGE, "WAVELIST", HUGE, 0), WAVE, "ends early"),
        arguments(
            "WAV with two of a thousand million samples",
            bytes("RIFF", HUGE, "WAVE", waveFormat, "data", HUGE, 0),
            WAVE,
            null),
        arguments(
            "RF64 with samples of 2^62 bytes",
            bytes(longSizes, 28, 1L << 62, 1L << 62, 0L, -1, waveFormat, "data", -1, 0),
            WAVE,
            null),
        arguments(
            "RF64 table of sizes",
            bytes(longSizes, HUGE, 0L, 0L, 0L, -1, "LIST", 1L << 62),
            WAVE,
            "ends early"),
        arguments(
            "RF64 chunk of 2^62 bytes",
            bytes(longSizes, 40, 0L, 0L, 0L, 1, "LIST", 1L << 62, "LIST", -1, 0),
            WAVE,
            "ends early"),
        arguments("SPHERE header", bytes("NIST_1A\n", HUGE + "\n"), WAVE, "header size"),
        arguments("SPHERE fields", bytes("NIST_1A\n   1024\n"), WAVE, "ends early"),
        arguments(
            "SPHERE samples",
            bytes(
                "NIST_1A\n     80\nsample_rate -i 8000\nsample_count -i 2000000000\nend_head\n",
                new byte[40]),
            WAVE,
            null),
        arguments("FLAC picture", bytes("fLaC", (byte) 6, (byte) -1, (short) -1), WAVE, "early"),
        arguments(
            "FLAC samples",
            bytes("fLaC", 0x22000080, -1, 0, (short) 0, 0xFFF0803E, -1, new byte[16], -1),
            WAVE,
            "no frame"),
        arguments(
            "matrix", bytes("a \0BFM ", four(40_000), four(40_000), 0), MATRICES, "implausible"),
        arguments(
            "matrix of doubles",
            bytes("a \0BDM ", four(40_000), four(5_000), 0),
            DOUBLE_MATRICES,
            "implausible"),
        arguments(
            "compressed matrix",
            bytes("a \0BCM ", 0f, 1f, 40_000, 40_000, 0),
            MATRICES,
            "implausible"),
        arguments(
            "compressed matrix of many columns",
            bytes("a \0BCM ", 0f, 1f, 1, HUGE / 8, 0),
            MATRICES,
            "implausible"),
        arguments("two bytes", bytes("a \0BCM2 ", 0f, 1f, 1000, HUGE / 1000), MATRICES, "implaus"),
        arguments("one byte", bytes("a \0BCM3 ", 0f, 1f, 1000, HUGE / 1000), MATRICES, "implaus"),
        arguments("vector", bytes("a \0BFV ", four(HUGE), 0), VECTORS, "implausible"),
        arguments("vector of doubles", bytes("a \0BDV ", four(HUGE / 8), 0), VECTORS, "implaus"),
        arguments("integers", bytes("a \0B", four(HUGE / 5), 0), INTEGERS, "implausible"),
        arguments(
            "bare integers",
            bytes("\0B", four(HUGE / 4), 0),
            (Consumer<String>) KaldiObjects::readIntVector,
            "implausible"),
        arguments(
            "HTK file", bytes((byte) 0x0F, new byte[8], (byte) 4, (short) 0x700), HTK, "impl"),
        arguments("phones", bytes(topology, four(HUGE), 0), model(), "implausible"),
        arguments("HMMs", bytes(topology, four(0), four(0), four(HUGE)), model(), "implausible"),
        arguments("states", bytes(onePhone, four(90_000), 0), model(), "implausible"),
        arguments(
            "transitions", bytes(onePhone, four(1), four(0), four(90_000)), model(), "implausible"),
        arguments("transition-states", bytes(model, four(HUGE / 15)), model(), "implausible"),
        arguments(
            "pdf",
            bytes(model, four(1), four(1), four(0), four(HUGE), "</Triples> ", new byte[40]),
            model(),
            "has pdf 2000000000"),
        arguments(
            "phone in text",
            bytes("<TransitionModel> <Topology> <TopologyEntry> <ForPhones> 2000000000 "),
            model(),
            "of a phone"),
        arguments(
            "states of a graph",
            bytes(vectorGraph, 0, 0L, 0L, (long) HUGE, (long) HUGE, 0),
            GRAPH,
            "truncated"),
        arguments(
            "arcs of a state",
            bytes(vectorGraph, 0, 0L, 0L, 1L, 0L, 0f, (long) HUGE),
            GRAPH,
            "truncated"),
        arguments(
            "const graph",
            bytes(constGraph, 0, 0L, 0L, (long) HUGE, (long) HUGE, 0f, 0, HUGE, 0, 0),
            GRAPH,
            "truncated"),
        arguments(
            "symbols of a graph",
            bytes(vectorGraph, 1, 0L, 0L, 1L, 0L, 2125658996, text(""), 0L, Long.MAX_VALUE),
            GRAPH,
            "truncated"),
        arguments(
            "word of a graph",
            bytes(vectorGraph, 0, 0L, 0L, 1L, 1L, 0f, 1L, 1, HUGE, 0f, 0),
            GRAPH,
            null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void hugePromise_isAnsweredWithASentence(
      String what, byte[] file, Consumer<String> reader, String sentence) throws IOException {
    assertThat(file.length).isLessThan(400);
    Path path = Files.write(folder.resolve("lie"), file);
    if (sentence != null) {
      assertThatThrownBy(() -> reader.accept(path.toString()))
          .isInstanceOf(StjemException.class)
          .hasMessageContaining(sentence);
    }
    HostileFile.read(file, reader);
  }

  @Test
  void tensorsBeyondTheFile_areRefused() {
    for (String header :
        new String[] {
          "{'a':{'dtype':'F32','shape':[500000000],'data_offsets':[0,2000000000]}}",
          "{'a':{'dtype':'F32','shape':[1],'data_offsets':[9223372036854775800,9223372036854775804]}}",
          "{'a':{'dtype':'F32','shape':[-1,-1],'data_offsets':[0,4]}}",
          "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]}}",
          "{'a':{'dtype':'F32','shape':3,'data_offsets':[0]}}",
          "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
              + "'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
        }) {
      String json = header.replace('\'', '"');
      assertRefused(bytes((long) json.length(), json, 0L));
    }
    assertRefused(bytes((long) HUGE, "{}"));
  }

  private void assertRefused(byte[] file) {
    Path path = folder.resolve("weights.safetensors");
    HostileFile.readFile(path, file, LyingHeaderTest::readTensors);
    assertThatThrownBy(() -> readTensors(path))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("weights.safetensors");
  }

  private static void readTensors(Path file) {
    try {
      SafeTensors.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void tensorsOfAnOnnxFileBeyondIt_areRefused() {
    for (long[] dims : new long[][] {{HUGE}, {Long.MAX_VALUE, 4}, {-1}, {1L << 32, 1L << 32}}) {
      ModelProto.Builder lie = ModelProto.newBuilder().setIrVersion(8);
      TensorProto.Builder tensor =
          lie.getGraphBuilder().addInitializerBuilder().setName("w").setDataType(1);
      for (long size : dims) {
        tensor.addDims(size);
      }
      tensor.setRawData(ByteString.copyFrom(new byte[16]));
      lie.getGraphBuilder().addNodeBuilder().setOpType("Identity").addInput("w").addOutput("y");
      Path path = folder.resolve("model.onnx");
      HostileFile.readFile(path, lie.build().toByteArray(), OnnxFile::read);
      assertThatThrownBy(() -> OnnxFile.read(path))
          .isInstanceOf(StjemException.class)
          .hasMessageContaining("model.onnx: tensor 'w' has the shape");
    }
  }

  @Test
  void networkLargerThanItsWeights_isNotMade() throws IOException {
    String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    Files.write(folder.resolve("weights.safetensors"), bytes((long) json.length(), json, 0));
    String description =
        """
        {"formatVersion":1,"objective":"baseline","architecture":"mlp",
         "hiddenLayers":[2000000000,2000000000],"activation":"silu","featureDim":1,
         "leftContext":4,"rightContext":4,"numPdfs":1,"frameShiftMs":10,
         "featureNormalisation":"none","featureOptions":{},"inputMean":[0],"inputStddev":[1],
         "classCounts":[1],"training":{},"seed":1,"revision":"unknown"}
        """;
    HostileFile.readFile(
        folder.resolve("model.json"),
        description.getBytes(StandardCharsets.UTF_8),
        file -> ModelFolder.load(folder));
    assertThatThrownBy(() -> ModelFolder.load(folder))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("1 weights, the network of model.json has 4000000024");
  }

  private static Consumer<String> model() {
    return TransitionModel::read;
  }

  private static void readAll(SequentialTableReader<?> table) {
    try (table) {
      while (table.next()) {
        Object unused = table.value();
      }
    }
  }

  /** An integer as Kaldi stores it in models and headers. */
  private static byte[] four(int value) {
    return bytes((byte) 4, value);
  }

  /** A string as OpenFst stores it. */
  private static byte[] text(String text) {
    return bytes(text.length(), text);
  }

  /** ASCII text and little-endian numbers one behind the other. */
  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      if (part instanceof String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      } else if (part instanceof byte[] raw) {
        out.writeBytes(raw);
      } else {
        if (part instanceof Byte value) {
          number.put(value);
        } else if (part instanceof Short value) {
          number.putShort(value);
        } else if (part instanceof Integer value) {
          number.putInt(value);
        } else if (part instanceof Float value) {
          number.putFloat(value);
        } else if (part instanceof Long value) {
          number.putLong(value);
        } else {
          throw new IllegalArgumentException(part.getClass().toString());
        }
        out.write(number.array(), 0, number.position());
      }
    }
    return out.toByteArray();
  }
}
