package org.stjem.frontend.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.KeyOrder;

class ByteTextTest {
  /** U+10000 and beyond are two chars of Java, whose order differs from that of bytes. */
  private static final String SMILE = new String(Character.toChars(0x1f600));

  private static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** Characters of all lengths, some cut short, among single bytes of any value. */
  private static byte[] mixture(Random random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int parts = random.nextInt(8);
    for (int i = 0; i < parts; i++) {
      byte[] character =
          new String(Character.toChars(random.nextInt(0xd800) << random.nextInt(5) & 0xfffff))
              .getBytes(UTF_8);
      bytes.write(character, 0, 1 + random.nextInt(character.length));
      bytes.write(random.nextInt(256));
    }
    return bytes.toByteArray();
  }

  @Test
  void decode_utf8_isAsJavaDecodesIt() {
    String text = "caf\u00e9 \u4e2d\u6587 " + SMILE;
    assertThat(ByteText.decode(text.getBytes(UTF_8))).isEqualTo(text);
    assertThat(ByteText.isUtf8(text)).isTrue();
  }

  @Test
  void decode_otherBytes_becomeEscapesOneByOne() {
    assertThat(ByteText.decode(latin1("caf\u00e9"))).isEqualTo("caf\udce9");
    // A character that is cut short, one longer than need be, and half of a pair of UTF-16.
    assertThat(ByteText.decode(latin1("\u00e4\u00b8"))).isEqualTo("\udce4\udcb8");
    assertThat(ByteText.decode(latin1("\u00c0\u00af"))).isEqualTo("\udcc0\udcaf");
    assertThat(ByteText.decode(latin1("\u00ed\u00a0\u0080"))).isEqualTo("\udced\udca0\udc80");
    assertThat(ByteText.isUtf8("caf\udce9")).isFalse();
  }

  @Test
  void encode_givesBackTheBytesThatWereDecoded() {
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = mixture(random);
      String text = ByteText.decode(bytes);
      assertThat(ByteText.encode(text)).isEqualTo(bytes);
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream stream = ByteText.printStream(printed);
      stream.print(text);
      stream.flush();
      assertThat(printed.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void keyOrder_isThatOfBytes() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] a = mixture(random);
      byte[] b = mixture(random);
      int shared = random.nextInt(a.length + 1);
      byte[] c = Arrays.copyOf(a, shared + b.length);
      System.arraycopy(b, 0, c, shared, b.length);
      assertThat(Integer.signum(KeyOrder.compare(ByteText.decode(a), ByteText.decode(c))))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, c)));
    }
  }

  @Test
  void shown_makesBytesVisible() {
    assertThat(ByteText.shown("caf\udce9 \u00e9 " + SMILE)).isEqualTo("caf\\xe9 \u00e9 " + SMILE);
  }

  @Test
  void json_isUtf8_fromWhichParsersMakeTheSameText() {
    String json = ByteText.json(new Gson().toJson("caf\udce9 \u00e9 " + SMILE));
    assertThat(ByteText.isUtf8(json)).isTrue();
    assertThat(json).contains("\\udce9");
    assertThat(new Gson().fromJson(json, String.class)).isEqualTo("caf\udce9 \u00e9 " + SMILE);
  }

  @Test
  void words_areDividedByWhiteSpaceOfC() {
    assertThat(ByteText.words(" a\tb\u3000c \u00a0 \r\n"))
        .containsExactly("a", "b\u3000c", "\u00a0");
    assertThat(ByteText.words(" \u000b\f")).isEmpty();
    assertThat(ByteText.strip("\t \u3000a b \r")).isEqualTo("\u3000a b");
  }

  @Test
  void stjemException_showsBytes() {
    assertThat(new StjemException("key 'caf\udce9'")).hasMessage("key 'caf\\xe9'");
  }
}
