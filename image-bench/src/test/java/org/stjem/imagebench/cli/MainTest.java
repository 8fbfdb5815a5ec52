package org.stjem.imagebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
      int status = Main.run(words);
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
  void train_thenSample_writeModelResultAndPicture() throws IOException {
    Path data = folder.resolve("data");
    TestImages.writeFolder(data, 4);
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
        .doesNotContain("\"help\"");

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
        run("sample", "--conditional", "--num-samples=6", "--sgld-steps=2", model, classes);
    assertThat(conditional.status()).isZero();
    assertThat(ImageIO.read(classes.toFile()).getWidth()).as("two classes").isEqualTo(70);
    assertThat(ImageIO.read(classes.toFile()).getHeight()).isEqualTo(104);
  }

  @Test
  void help_listsCommandsAndExplainsOne() {
    Outcome all = run("--help");
    assertThat(all.status()).isZero();
    assertThat(all.output()).contains("train", "sample", "--config=FILE");
    Outcome one = run("train", "--help");
    assertThat(one.status()).isZero();
    assertThat(one.output()).contains("--labels-per-class", "DATA", "MODEL-DIR");
  }

  @Test
  void errors_areOneSentenceAndStatusOne() throws IOException {
    TestImages.writeFolder(folder.resolve("data"), 1);
    Object data = folder.resolve("data");
    Object model = folder.resolve("model");
    assertError(run(), "Missing required subcommand");
    assertError(run("trian"), "trian");
    assertError(run("train", "--colour=red", data, model), "--colour=red");
    assertError(run("train", "--depth=11", data, model), "depth 11 is not of the form 6n + 4");
    assertError(run("train", "--objective=gan", data, model), "no objective 'gan'");
    assertError(run("train", data, model), "cannot hold out 1000 of 2 training images");
    assertError(run("train", folder.resolve("none"), model), "none does not exist");
    assertError(run("train", "--log-interval=0", data, model), "intervals must be positive");
    assertError(run("train", "--config=missing.conf", data, model), "--config: cannot read");
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
