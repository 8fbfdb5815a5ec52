package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.export.SmallModels;

/** Processes on machines that lack a native library, or have half of one. */
class MissingLibrariesTest {
  private static final List<String> WITHOUT_DESKTOP =
      List.of(
          "--limit-modules",
          "java.base,java.logging,java.naming,java.management,java.sql,java.xml,jdk.unsupported");

  @TempDir private Path folder;
  private Path model;
  private String features;

  @BeforeEach
  void saveModel() throws IOException {
    model = folder.resolve("model");
    SmallModels.save(model, 0, 0, 2, List.of(), 2, 1);
    Path table = folder.resolve("feats.txt");
    Files.writeString(table, "a  [\n  1 2\n  3 4 ]\n");
    features = "ark:" + table;
  }

  private CommandResult run(List<String> options, Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    List<String> line = new ArrayList<>(JavaProcess.SHORT_LIVED);
    line.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(JavaProcess.line(line, "acoustic", words))
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CommandResult(process.waitFor(), output, Files.readString(errors));
  }

  private static void assertRefused(CommandResult result, String... parts) {
    assertThat(result.messages()).doesNotContain("\tat ", "please report");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).isEmpty();
    assertThat(result.lastLine()).startsWith("ERROR (stjem acoustic ").contains(parts);
  }

  @Test
  void pyTorch_withoutAFolderToUnpackTo_namesTheFolderAndTheSetting() throws Exception {
    Path below = folder.resolve("plain/cache");
    Files.writeString(folder.resolve("plain"), "a file");
    assertRefused(
        run(
            List.of(),
            Map.of("DJL_CACHE_DIR", below.toString()),
            "forward",
            "--engine=pytorch",
            "--device=cpu",
            model.toString(),
            features,
            "ark,t:-"),
        "PyTorch's native library cannot be loaded from " + below,
        "Not a directory",
        "make that folder writable, or name another by DJL_CACHE_DIR");
  }

  @Test
  void pyTorch_fromAFolderWithoutIt_isNotReplacedByAnother() throws Exception {
    assertRefused(
        run(
            List.of(),
            Map.of("PYTORCH_LIBRARY_PATH", folder.toString()),
            "check-engine",
            "--device=cpu"),
        "PYTORCH_LIBRARY_PATH=" + folder + ": no libtorch.so is there",
        "scripts/gpu-setup");
  }

  @Test
  void pyTorch_thatWasCutOff_isFoundBeforeItKillsTheProcess() throws Exception {
    Path cut = Files.createDirectories(folder.resolve("pytorch/2")).resolve("libtorch_cpu.so");
    Path whole = Path.of(System.getProperty("java.home"), "lib/libnet.so");
    Files.copy(whole, cut);
    try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
      file.setLength(Files.size(whole) / 2);
    }
    assertRefused(
        run(
            List.of(),
            Map.of("DJL_CACHE_DIR", folder.toString()),
            "forward",
            "--engine=pytorch",
            "--device=cpu",
            model.toString(),
            features,
            "ark,t:-"),
        "PyTorch's native library " + cut + " was cut off; remove its folder");
  }

  @Test
  void onnxRuntime_thatIsNotThere_namesTheFolder() throws Exception {
    assertRefused(
        run(
            List.of("-Donnxruntime.native.path=" + folder),
            Map.of(),
            "forward",
            model.toString(),
            features,
            "ark,t:-"),
        "ONNX Runtime's native library cannot be loaded from " + folder,
        "the installation is incomplete");
  }

  @Test
  void onnxRuntime_withoutATemporaryFolder_namesThatOneAndTheSetting() throws Exception {
    Path temporary = folder.resolve("none");
    assertRefused(
        run(
            List.of("-Donnxruntime.native.path=" + folder, "-Djava.io.tmpdir=" + temporary),
            Map.of(),
            "forward",
            model.toString(),
            features,
            "ark,t:-"),
        "ONNX Runtime's native library cannot be loaded from "
            + temporary
            + " (there is no such file or folder); make that folder writable, or name another by"
            + " TMPDIR");
  }

  @Test
  void pages_needNoDesktopLibraries_andPngSaysSo() throws Exception {
    Path alignment = folder.resolve("ali.txt");
    Files.writeString(alignment, "a 0 1\n");
    Path html = folder.resolve("ece.html");
    Path svg = folder.resolve("ece.svg");
    CommandResult page =
        run(
            WITHOUT_DESKTOP,
            Map.of(),
            "ece",
            "--html=" + html,
            "--plot=" + svg,
            features,
            "ark:" + alignment);
    assertThat(page.messages()).doesNotContain("ERROR");
    assertThat(page.status()).isZero();
    assertThat(html).content().contains("<svg ", ">2 decisions</text>");
    assertThat(svg).content().startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" ");
    Path png = folder.resolve("ece.png");
    assertRefused(
        run(WITHOUT_DESKTOP, Map.of(), "ece", "--plot=" + png, features, "ark:" + alignment),
        "no picture can be drawn on this machine, for Java lacks a library or fonts (java",
        "write a FILE.svg");
    assertThat(png).doesNotExist();
  }
}
