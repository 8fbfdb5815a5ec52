package org.stjem.imagebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.SafeTensors;
import org.stjem.acoustic.eval.Result;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.io.Checksums;
import org.stjem.imagebench.ImageModelFolder;
import org.stjem.imagebench.TestImages;

class MainTest {
  @TempDir private Path folder;

  /** What a command printed and returned. */
  private record Outcome(int status, String output, String messages) {}

  private static Outcome run(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(messages, true, StandardCharsets.UTF_8));
      int status = Cli.run("image-bench", Main.COMMANDS, words);
      return new Outcome(
          status,
          output.toString(StandardCharsets.UTF_8),
          messages.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void import_train_eval_sample_workTogether() throws IOException {
    Path pictures = folder.resolve("pictures");
    TestImages.writeFolder(pictures, 4);
    Path data = folder.resolve("data");
    Outcome imported = run("import", pictures, data);
    assertThat(imported.messages())
        .contains("wrote 8 training and 2 test images of 2 classes to " + data);
    assertThat(imported.status()).isZero();
    Path config = folder.resolve("tiny.conf");
    Files.writeString(config, "--width=1 # narrow\n--num_epochs=9\n--buffer-size=4\n");
    Path model = folder.resolve("model");
    Outcome trained =
        run(
            "train",
            "--config=" + config,
            "--num-epochs=1",
            "--minibatch_size=4",
            "--num-held-out=0",
            "--sgld-samples=2",
            "--sgld-steps=1",
            "--num-threads=1",
            "--batch-norm",
            "--device=cpu",
            data,
            model);
    assertThat(trained.messages())
        .contains("LOG (stjem image-bench train) training on 8 images of 2 classes, 0 held out")
        .contains("step 2/2 epoch 1")
        .contains("over 2 images");
    assertThat(trained.status()).isZero();
    assertThat(model.resolve("weights.safetensors")).isNotEmptyFile();
    assertThat(Files.readString(model.resolve("model.json")))
        .contains("\"seed\": 1", "\"revision\"", "\"minibatch-size\": \"4\"", "\"width\": \"1\"")
        .contains("\"batchNorm\": true", "\"cat\",\n    \"dog\"")
        .doesNotContain("\"help\"");

    Path json = folder.resolve("eval.json");
    Path plot = folder.resolve("eval.png");
    Outcome measured =
        run("eval", "--json=" + json, "--plot=" + plot, model, data, "again=" + pictures);
    assertThat(measured.status()).isZero();
    assertThat(measured.output())
        .contains("WRN-10-1-BN, st-jem on data: accuracy ", " over 2 images")
        .containsPattern("AUROC against +images +log p")
        .containsPattern("uniform noise +2 +[01]\\.\\d{3} ")
        .containsPattern("constant +2 .*\ninterpolated +2 .*\nagain +2 +0\\.500 +0\\.500 +0\\.500");
    List<Result> results = Result.read(json);
    assertThat(results).hasSize(1);
    assertThat(results.get(0).accuracy())
        .isEqualTo(Result.read(model.resolve("result.json")).get(0).accuracy());
    assertThat(Files.readString(json)).contains("\"name\": \"interpolated\"");
    assertThat(ImageIO.read(plot.toFile())).isNotNull();
    Outcome less = run("eval", "--max-images=1", "--print-args=false", model, data);
    assertThat(less.messages()).contains("two test images are needed");
    assertError(run("eval", model, data, "more"), "'more' is not of the form NAME=DATA");

    Path picture = folder.resolve("samples.png");
    Outcome sampled =
        run("sample", "--num-samples=3", "--columns=2", "--sgld-steps=2", model, picture);
    assertThat(sampled.messages()).contains("step 2/2 mean log p(x) + const");
    assertThat(sampled.status()).isZero();
    BufferedImage grid = ImageIO.read(picture.toFile());
    assertThat(grid.getWidth()).isEqualTo(70);
    assertThat(grid.getHeight()).isEqualTo(70);

    Path classes = folder.resolve("classes.png");
    Outcome conditional =
        run(
            "sample",
            "--conditional",
            "--num-samples=6",
            "--sgld-steps=1",
            "--sgld-noise=0",
            "--sgld-step-size=1e-9",
            "--start=data",
            "--data=" + data,
            model,
            classes);
    assertThat(conditional.status()).isZero();
    assertThat(ImageIO.read(classes.toFile()).getWidth()).as("two classes").isEqualTo(70);
    assertThat(ImageIO.read(classes.toFile()).getHeight()).isEqualTo(104);
    // The blue of training dogs is 0 to 3, that of cats 5 to 8.
    int cat = ImageIO.read(classes.toFile()).getRGB(2, 2) & 0xFF;
    int dog = ImageIO.read(classes.toFile()).getRGB(36, 70) & 0xFF;
    assertThat(cat).as("first column").isBetween(5, 8);
    assertThat(dog).as("second column").isBetween(0, 3);
    assertError(run("sample", "--start=data", model, classes), "--start=data needs --data");
  }

  @Test
  void train_fromAModel_isOfItsSizeAndStartsWithItsWeights() throws IOException {
    Path data = folder.resolve("data");
    TestImages.writeFolder(data, 1);
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    assertThat(train(first, data, "--width=1", "--batch-norm").status()).isZero();
    Outcome further = train(second, data, "--init=" + first, "--learn-rate=1e-30");
    assertThat(further.status()).as(further.messages()).isZero();
    assertThat(ImageModelFolder.describe(second).modelName()).isEqualTo("WRN-10-1-BN");
    Path weights = first.resolve("weights.safetensors");
    assertThat(ImageModelFolder.describe(second).options())
        .containsEntry("init-sha256", Checksums.sha256(weights));
    var after = SafeTensors.read(second.resolve("weights.safetensors")).tensors();
    SafeTensors.read(weights).tensors().entrySet().stream()
        .filter(parameter -> !parameter.getKey().contains("running"))
        .forEach(
            parameter ->
                assertThat(after.get(parameter.getKey()).values())
                    .as(parameter.getKey())
                    .containsExactly(parameter.getValue().values()));

    Path third = folder.resolve("third");
    assertError(
        train(third, data, "--init=" + first, "--width=2"),
        "--init: the model of " + first + " is a WRN-10-1-BN of 2 classes, to be trained is a");
    Files.move(data, folder.resolve("moved"));
    Outcome moved = train(second, folder.resolve("moved"), "--init=" + first, "--learn-rate=1e-30");
    assertThat(moved.messages()).contains("second is done: this training has ended");
    Files.writeString(first.resolve("weights.safetensors"), "none");
    assertError(train(third, folder.resolve("moved"), "--init=" + first), "not a safetensors file");
  }

  private static Outcome train(Path model, Path data, String... options) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--num-epochs=1",
                "--minibatch-size=4",
                "--num-held-out=0",
                "--objective=baseline",
                "--num-threads=1",
                "--device=cpu"));
    words.addAll(List.of(options));
    words.addAll(List.of(data, model));
    return run(words.toArray());
  }

  @Test
  void pictures_withoutDesktopLibraries_areRefusedInASentence() throws Exception {
    Path pictures = folder.resolve("pictures");
    TestImages.writeFolder(pictures, 1);
    Path messages = folder.resolve("messages");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--limit-modules",
                "java.base,java.logging,java.sql,jdk.unsupported",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "import",
                pictures.toString(),
                folder.resolve("data").toString())
            .redirectError(messages.toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Files.readString(messages))
        .contains("ERROR (stjem image-bench import) " + pictures + ": ")
        .contains(
            "no picture of this kind can be decoded on this machine, for Java lacks a library")
        .doesNotContain("\tat ", "please report");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void help_listsCommandsAndExplainsOne() {
    Outcome all = run("--help");
    assertThat(all.status()).isZero();
    assertThat(all.output()).contains("train", "eval", "sample", "import");
    Outcome one = run("train", "--help");
    assertThat(one.status()).isZero();
    assertThat(one.output()).contains("--labels-per-class", "DATA", "MODEL-DIR", "--config=FILE");
  }

  @Test
  void errors_areOneSentenceAndStatusOne() throws IOException {
    TestImages.writeFolder(folder.resolve("data"), 1);
    Object data = folder.resolve("data");
    Object model = folder.resolve("model");
    assertThat(run().status()).isEqualTo(1);
    assertThat(run().messages()).contains("Usage: stjem image-bench COMMAND");
    assertError(run("trian"), "no command 'trian'");
    assertError(run("train", "--colour=red", data, model), "--colour=red");
    assertError(run("train", "--depth=11", data, model), "depth 11 is not of the form 6n + 4");
    assertError(run("train", "--objective=gan", data, model), "no objective 'gan'");
    assertError(run("train", data, model), "cannot hold out 1000 of 2 training images");
    assertError(run("train", folder.resolve("none"), model), "none does not exist");
    assertError(run("train", "--log-interval=-1", data, model), "intervals cannot be negative");
    assertError(
        run("train", "--config=missing.conf", data, model),
        "--config: there is no file missing.conf");
    assertError(run("import", data, data), "is not empty; name another folder, or remove it");
    assertError(run("eval", data, data), "is not a model folder");
    assertError(run("sample", data, folder.resolve("x.png")), "is not a model folder");
    assertError(run("sample", "--columns=0", data, folder.resolve("x.png")), "0 columns");
  }

  private static void assertError(Outcome outcome, String message) {
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.messages())
        .contains("ERROR (stjem image-bench")
        .contains(message)
        .doesNotContain("\tat ");
  }
}
