package org.stjem.acoustic.confidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.acoustic.wer.WordAlignment;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.vocoder.SpectrogramPicture;

/**
 * A few utterances for a page: what was said above what each system heard, errors marked, words
 * coloured by their confidences, and a picture of the features.
 */
public final class SpokenExamples {
  private final Map<String, List<String>> references;
  private final Map<String, CtmTable> systems;

  /**
   * Takes some of the utterances that at least one system has words of and that are not all right:
   * evenly spaced in the order of the references, so that nobody chose them.
   *
   * @param references rspecifier or file name of a text
   * @param systems words by name of the system, in the order in which they are shown
   * @param most so many at most
   * @throws StjemException if no utterance is left
   */
  public static SpokenExamples choose(String references, Map<String, CtmTable> systems, int most) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    Map<String, List<String>> wrong = new LinkedHashMap<>();
    try (SequentialTableReader<List<String>> reader =
        Tables.readTokenVectors(Transcripts.rspecifier(references))) {
      while (reader.next()) {
        String key = reader.key();
        List<String> spoken = reader.value();
        if (systems.values().stream().anyMatch(ctm -> ctm.utterances().containsKey(key))) {
          all.put(key, spoken);
          if (systems.values().stream().anyMatch(ctm -> !spoken.equals(heard(ctm, key)))) {
            wrong.put(key, spoken);
          }
        }
      }
    }
    if (all.isEmpty()) {
      throw new StjemException("no utterance of " + references + " has words of any system");
    }
    List<Map.Entry<String, List<String>>> from =
        List.copyOf((wrong.isEmpty() ? all : wrong).entrySet());
    Map<String, List<String>> chosen = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(most, from.size()); i++) {
      Map.Entry<String, List<String>> one =
          from.get((int) ((i + 0.5) * from.size() / Math.min(most, from.size())));
      chosen.put(one.getKey(), one.getValue());
    }
    return new SpokenExamples(chosen, systems);
  }

  private SpokenExamples(Map<String, List<String>> references, Map<String, CtmTable> systems) {
    this.references = references;
    this.systems = systems;
  }

  private static List<String> heard(CtmTable ctm, String key) {
    return words(ctm, key).stream().map(CtmTable.Word::word).toList();
  }

  private static List<CtmTable.Word> words(CtmTable ctm, String key) {
    return ctm.utterances().getOrDefault(key, List.of());
  }

  /**
   * Pictures of the chosen utterances, PNG, by utterance.
   *
   * @param feats table of features, best not normalised
   * @param options what they are
   * @throws StjemException if the table cannot be read, or features are not as the options say
   */
  public Map<String, byte[]> spectrograms(String feats, FbankOptions options) throws IOException {
    Map<String, byte[]> pictures = new TreeMap<>();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats)) {
      while (reader.next()) {
        if (!references.containsKey(reader.key())) {
          continue;
        }
        FloatMatrix features = reader.value();
        if (features.cols() != options.dim()) {
          throw new StjemException(
              feats
                  + ": features of "
                  + reader.key()
                  + " have "
                  + features.cols()
                  + " dimensions, the feature options say "
                  + options.dim());
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        new SpectrogramPicture(options).add(reader.key(), features).write(png);
        pictures.put(reader.key(), png.toByteArray());
      }
    }
    return pictures;
  }

  /**
   * Adds them to a page.
   *
   * @param spectrograms PNG by utterance; those that lack one have no link
   */
  public void add(HtmlPage page, Map<String, byte[]> spectrograms) {
    page.heading("Words of a few utterances");
    page.paragraph(
        "Above what was said, below what was heard, with its confidence in percent: the bluer the"
            + " surer, the redder the less sure. Errors are framed: S another word, I a word too"
            + " many, D a word missed. The utterances are evenly spaced among those in which a"
            + " system errs.");
    references.forEach(
        (key, spoken) -> {
          String anchor = spectrograms.containsKey(key) ? "spectrogram-" + key : null;
          page.subheading(key, anchor, "spectrogram");
          systems.forEach((name, ctm) -> page.words(name, aligned(spoken, words(ctm, key))));
        });
    references.forEach(
        (key, spoken) -> {
          if (spectrograms.containsKey(key)) {
            page.image("spectrogram-" + key, spectrograms.get(key), "log-Mel features of " + key);
          }
        });
  }

  private static List<HtmlPage.AlignedWord> aligned(
      List<String> spoken, List<CtmTable.Word> heard) {
    List<HtmlPage.AlignedWord> cells = new ArrayList<>();
    int at = 0;
    List<String> spelled = heard.stream().map(CtmTable.Word::word).toList();
    for (WordAlignment.Pair pair : WordAlignment.of(spoken, spelled).pairs()) {
      char operation = pair.operation();
      cells.add(
          new HtmlPage.AlignedWord(
              operation == 'I' ? "" : pair.reference(),
              operation == 'D' ? "" : pair.hypothesis(),
              operation == 'C' ? "" : String.valueOf(operation),
              operation == 'D' ? null : heard.get(at++).confidence()));
    }
    return cells;
  }
}
