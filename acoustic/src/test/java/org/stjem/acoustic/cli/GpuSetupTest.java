package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code scripts/gpu-setup} with folders as PyTorch and DJL have them, and programs that stand in
 * for Python, the compiler and stjem.
 */
@Timeout(60)
class GpuSetupTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));

  @TempDir private Path folder;
  private Path torch;
  private Path djl;

  @BeforeEach
  void layOut() throws IOException {
    Path scripts = Files.createDirectories(folder.resolve("stjem/scripts"));
    Files.copy(ROOT.resolve("pom.xml"), folder.resolve("stjem/pom.xml"));
    Files.copy(ROOT.resolve("scripts/gpu-setup"), scripts.resolve("gpu-setup"));
    program(
        scripts.resolve("stjem"),
        """
        . "$STJEM_ENGINE"
        echo "libraries $PYTORCH_LIBRARY_PATH"
        echo "flavor $PYTORCH_FLAVOR"
        echo "version $PYTORCH_VERSION"
        echo "found by $LD_LIBRARY_PATH"
        echo "command $*"
        """);
    torch = folder.resolve("site/torch");
    for (String library : List.of("libc10", "libtorch_cpu", "libtorch", "libtorch_python")) {
      write(torch.resolve("lib/" + library + ".so"), library);
    }
    write(torch.resolve("include/torch/csrc/api/include/torch/torch.h"), "");
    Files.createDirectories(folder.resolve("site/nvidia/cublas/lib"));
    Path jar =
        Files.createDirectories(folder.resolve("stjem/acoustic/target/lib")).resolve("api-1.jar");
    new ZipOutputStream(Files.newOutputStream(jar)).close();
    djl = folder.resolve("djl");
    write(djl.resolve("gradle/libs.versions.toml"), "[versions]\ndjl = \"0.35.1\"\n");
    write(
        djl.resolve(
            "engines/pytorch/pytorch-engine/src/main/java/ai/djl/pytorch/jni/PyTorchLibrary.java"),
        "package ai.djl.pytorch.jni;\nclass PyTorchLibrary { native void add(); }\n");
    Path sources = djl.resolve("engines/pytorch/pytorch-native/src/main/native");
    write(sources.resolve("one.cc"), "");
    write(sources.resolve("two.cc"), "");
    program(
        folder.resolve("c++"),
        """
        for argument; do
          [ "$before" != -o ] || echo "$*" >"$argument"
          before=$argument
        done
        """);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void program(Path file, String script) throws IOException {
    write(file, "#!/usr/bin/env bash\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private void python(String version, String cuda) throws IOException {
    program(
        folder.resolve("python"),
        "echo torch=%s; echo version=%s; echo cuda=%s; echo abi=1\n"
            .formatted(torch, version, cuda));
  }

  private CommandResult setUp(String... options) throws Exception {
    return setUp(Map.of(), options);
  }

  private CommandResult setUp(Map<String, String> environment, String... options) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(folder.resolve("stjem/scripts/gpu-setup").toString());
    line.add("--python=" + folder.resolve("python"));
    line.addAll(List.of(options));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
    builder.environment().put("CXX", folder.resolve("c++").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("CUDA_HOME", folder.resolve("cuda").toString());
    builder.environment().put("LD_LIBRARY_PATH", "/before");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CommandResult(process.waitFor(), output, Files.readString(errors));
  }

  private static void assertRefused(CommandResult result, String... parts) {
    assertThat(result.status()).as(result.messages()).isEqualTo(1);
    assertThat(result.messages().lines()).hasSize(1);
    assertThat(result.messages()).startsWith("ERROR (gpu-setup) ").contains(parts);
  }

  private Path engine() {
    return folder.resolve("stjem/.engine");
  }

  @Test
  void pyTorchThatDjlHasGlueFor_isLinkedAndChecked() throws Exception {
    python("2.7.1+cu128", "12.8");
    write(torch.resolve("lib/libtorch_cuda.so"), "");
    CommandResult result = setUp("--device=gpu0");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output().lines())
        .containsExactly(
            "libraries " + engine().resolve("new/lib"),
            "flavor cu128",
            "version 2.7.1",
            "found by "
                + torch.resolve("lib")
                + ":"
                + folder.resolve("site/nvidia/cublas/lib")
                + ":/before",
            "command acoustic check-engine --print-args=false --device=gpu0");
    assertThat(engine().resolve("env"))
        .content()
        .contains("export PYTORCH_LIBRARY_PATH=" + engine().resolve("lib") + "\n");
    assertThat(engine().resolve("lib"))
        .isDirectoryNotContaining(file -> file.toString().contains("python"))
        .isDirectoryContaining(file -> file.endsWith("libtorch_cuda.so"))
        .isDirectoryContaining(file -> file.endsWith("libc10.so"));
  }

  @Test
  void otherPyTorch_withACheckoutOfDjl_getsGlueOfItsOwn() throws Exception {
    python("2.11.0+cu130", "13.0");
    write(folder.resolve("cuda/include/cuda_runtime_api.h"), "");
    CommandResult result = setUp("--djl=" + djl, "--print");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output())
        .contains("building DJL's glue for PyTorch 2.11.0+cu130 and CUDA 13.0")
        .contains("flavor cu128", "version 2.11.0", "export PYTORCH_FLAVOR=cu128");
    assertThat(engine().resolve("lib/0.35.1-libdjl_torch.so"))
        .content()
        .contains("one.o", "two.o", "-ltorch_cuda", "-L" + torch.resolve("lib"));
    assertThat(engine().resolve("new")).as("what the build leaves").doesNotExist();
  }

  @Test
  void otherPyTorch_forTheCpu_wantsNoCuda() throws Exception {
    python("2.13.0+cpu", "");
    CommandResult result = setUp("--djl=" + djl);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output()).contains("flavor cpu");
    assertThat(engine().resolve("lib/0.35.1-libdjl_torch.so"))
        .content()
        .doesNotContain("-ltorch_cuda");
  }

  @Test
  void otherPyTorch_withoutDjl_saysWhereItIs() throws Exception {
    python("2.11.0+cu130", "13.0");
    assertRefused(
        setUp(),
        "no glue for PyTorch 2.11.0+cu130 and CUDA 13.0",
        "--djl=DIR",
        "git clone --depth=1 --branch=v0.35.1");
  }

  @Test
  void djlOfAnotherVersion_isRefused() throws Exception {
    python("2.11.0", "");
    write(djl.resolve("gradle/libs.versions.toml"), "djl = \"0.30.0\"\n");
    assertRefused(setUp("--djl=" + djl), "is DJL 0.30.0, stjem uses 0.35.1");
    assertRefused(setUp("--djl=" + torch), "is no checkout of DJL", "PyTorchLibrary.java");
  }

  @Test
  void whatABuildLacks_isNamed() throws Exception {
    python("2.11.0+cu130", "13.0");
    assertRefused(setUp("--djl=" + djl), "CUDA's headers (cuda_runtime_api.h)", "by CUDA_HOME");
    python("2.11.0", "");
    assertRefused(
        setUp(Map.of("CXX", "no-such-compiler"), "--djl=" + djl),
        "no C++ compiler 'no-such-compiler'");
    program(folder.resolve("c++"), "echo \"$3: error: no member named 'x'\" >&2\nexit 1\n");
    assertRefused(
        setUp("--djl=" + djl),
        "the glue does not compile",
        "error: no member named 'x'",
        "build.log");
    Files.delete(torch.resolve("include/torch/csrc/api/include/torch/torch.h"));
    assertRefused(setUp("--djl=" + djl), "this PyTorch comes without its C++ headers");
    Files.delete(torch.resolve("lib/libtorch_cpu.so"));
    assertRefused(setUp("--djl=" + djl), torch + " has no lib/libtorch_cpu.so");
  }

  @Test
  void pythonWithoutTorch_isToldInItsOwnWords() throws Exception {
    assertRefused(setUp(), "there is no program '" + folder.resolve("python") + "'");
    program(
        folder.resolve("python"),
        "echo \"ModuleNotFoundError: No module named 'torch'\" >&2\nexit 1\n");
    assertRefused(setUp(), "cannot import torch: ModuleNotFoundError: No module named 'torch'");
  }

  @Test
  void engineThatFailsTheCheck_leavesTheOneBefore() throws Exception {
    python("2.7.1+cpu", "");
    assertThat(setUp().status()).isZero();
    String before = Files.readString(engine().resolve("env"));
    python("2.7.1+cu128", "12.8");
    program(folder.resolve("stjem/scripts/stjem"), "exit 3\n");
    assertRefused(setUp(), "PyTorch 2.7.1+cu128 does not work", "new/env", "status 3");
    assertThat(engine().resolve("env")).hasContent(before);
    assertThat(engine().resolve("lib/libtorch.so")).hasContent("libtorch");
  }
}
