package org.stjem.frontend.vocoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;

class SpectrogramPictureTest {
  private static final int VIRIDIS_LOWEST = 0xff440154;
  private static final int VIRIDIS_HIGHEST = 0xfffde725;

  @Test
  void write_twoPanels_haveTimeToTheRightAndFrequencyUpwards() throws IOException {
    FbankOptions options = new FbankOptions();
    FloatMatrix loudLateLow = new FloatMatrix(10, 80);
    FloatMatrix loudEarlyHigh = new FloatMatrix(3, 80);
    for (int i = 0; i < 10; i++) {
      loudLateLow.set(9, i, 25);
    }
    for (int i = 70; i < 80; i++) {
      loudEarlyHigh.set(0, i, 25);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new SpectrogramPicture(options)
        .add("late and low", loudLateLow)
        .add("early and high", loudEarlyHigh)
        .write(bytes);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    int panel = image.getHeight() / 2;
    int left = 85;
    int right = 1170;
    int top = 45;
    int bottom = 290;
    assertThat(image.getRGB(right, bottom)).isEqualTo(VIRIDIS_HIGHEST);
    assertThat(image.getRGB(left, bottom)).isEqualTo(VIRIDIS_LOWEST);
    assertThat(image.getRGB(right, top)).isEqualTo(VIRIDIS_LOWEST);
    assertThat(image.getRGB(left, panel + top)).isEqualTo(VIRIDIS_HIGHEST);
    assertThat(image.getRGB(left, panel + bottom)).isEqualTo(VIRIDIS_LOWEST);
    assertThat(image.getRGB(right, panel + top)).isEqualTo(VIRIDIS_LOWEST);
  }

  @Test
  void draw_linearEnergiesWithSilence_works() {
    FbankOptions options = new FbankOptions();
    options.useLogFbank = false;
    options.useEnergy = true;
    BufferedImage image =
        new SpectrogramPicture(options).add("silence", new FloatMatrix(2, 81)).draw();
    assertThat(image.getWidth()).isPositive();
  }
}
