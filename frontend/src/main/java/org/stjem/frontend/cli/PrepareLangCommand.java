package org.stjem.frontend.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.lang.Dictionary;
import org.stjem.frontend.lang.LangDirectory;
import org.stjem.frontend.lang.LangOptions;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend prepare-lang} (utils/prepare_lang.sh). */
@CommandLine.Command(
    description = {
      "Makes a language directory of a lexicon, as Kaldi's utils/prepare_lang.sh does: phones.txt,"
          + " words.txt, topo, L.fst, L_disambig.fst, oov.txt and the lists in phones/.",
      "A LEXICON is a text file of lines 'word phone phone …', in a file whose name starts with"
          + " lexiconp 'word probability phone phone …', or a folder like data/local/dict with"
          + " lexiconp_silprob.txt with silprob.txt, lexiconp.txt or lexicon.txt,"
          + " silence_phones.txt, nonsilence_phones.txt, optional_silence.txt and"
          + " extra_questions.txt. Several are put together. Without a"
          + " folder, phones called SIL, SPN, NSN and LAU are silence, SIL is optional between words,"
          + " and phones that differ in a digit at their end, for stress or tone, share a root of the"
          + " decision tree.",
      "E.g.: prepare-lang data/local/dict data/lang",
      "      prepare-lang --position-dependent-phones=false lexicon.txt names.txt data/lang"
    },
    sortOptions = false)
final class PrepareLangCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(PrepareLangCommand.class);

  @Option(
      names = "--position-dependent-phones",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "mark phones by _B, _E, _I and _S for their position in the word (default"
              + " ${DEFAULT-VALUE})")
  private boolean positionDependentPhones = true;

  @Option(
      names = "--oov-word",
      paramLabel = "WORD",
      description =
          "the word of the lexicon that stands for words that are not in it (default: the first of"
              + " <UNK>, <unk>, <SPOKEN_NOISE> and <spoken_noise> that is there; without a folder,"
              + " else <UNK> with the phone SPN is added)")
  private String oovWord;

  @Option(
      names = "--num-sil-states",
      paramLabel = "N",
      description = "HMM states of silence phones (default ${DEFAULT-VALUE})")
  private int numSilStates = 5;

  @Option(
      names = "--num-nonsil-states",
      paramLabel = "N",
      description = "HMM states of other phones (default ${DEFAULT-VALUE})")
  private int numNonsilStates = 3;

  @Option(
      names = "--share-silence-phones",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "let all silence phones have the same pdfs (default ${DEFAULT-VALUE})")
  private boolean shareSilencePhones;

  @Option(
      names = "--sil-prob",
      paramLabel = "P",
      description =
          "probability of silence between words, before the first and after the last, from 0 to below"
              + " 1 (default ${DEFAULT-VALUE})")
  private double silProb = 0.5;

  @Option(
      names = "--num-extra-phone-disambig-syms",
      paramLabel = "N",
      description =
          "disambiguation symbols beyond those that the lexicon needs; optional silence takes one"
              + " (default ${DEFAULT-VALUE})")
  private int numExtraPhoneDisambigSyms = 1;

  @Parameters(
      arity = "2..*",
      paramLabel = "LEXICON... LANG-DIR",
      hideParamSyntax = true,
      description = "lexica or a dictionary folder; then the folder to make, new or empty")
  private List<Path> paths;

  @Override
  public Integer call() {
    LangOptions options =
        new LangOptions(
            positionDependentPhones,
            shareSilencePhones,
            numSilStates,
            numNonsilStates,
            silProb,
            numExtraPhoneDisambigSyms);
    Path target = paths.get(paths.size() - 1);
    List<Path> sources = paths.subList(0, paths.size() - 1);
    Dictionary dictionary = Dictionary.read(sources, oovWord);
    LangDirectory.Size size = LangDirectory.write(dictionary, options, target);
    log.info(
        "{}: {} words with {} pronunciations, {} phones; unknown words become {}",
        target,
        size.words(),
        size.pronunciations(),
        size.phones(),
        dictionary.unknownWord());
    return 0;
  }
}
