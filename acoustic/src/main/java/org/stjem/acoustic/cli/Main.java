package org.stjem.acoustic.cli;

import java.util.List;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.cli.Command;

/** Entry point of {@code stjem acoustic COMMAND}. */
public final class Main {
  /** The module's commands. */
  public static final List<Command> COMMANDS =
      List.of(
          new Command("train", "trains a model on features and alignments", TrainCommand::new),
          new Command(
              "forward", "writes a model's log-likelihoods for features", ForwardCommand::new),
          new Command("serve", "serves a model's log-likelihoods over gRPC", ServeCommand::new),
          new Command(
              "bench-server",
              "measures a server against plain computation",
              BenchServerCommand::new),
          new Command("check-engine", "multiplies once on a device", CheckEngineCommand::new),
          new Command("score", "writes the log-likelihoods of a server", ScoreCommand::new),
          new Command("export", "writes a model for Kaldi or Vosk to run", ExportCommand::new),
          new Command("model-info", "prints what a model says of itself", ModelInfoCommand::new),
          new Command(
              "init-mono",
              "makes the transition model and tree of a monophone system",
              InitMonoCommand::new),
          new Command(
              "flat-start", "aligns a corpus that has never been aligned", FlatStartCommand::new),
          new Command(
              "build-tree",
              "makes the decision tree and transition model of a system with tied states",
              BuildTreeCommand::new),
          new Command(
              "convert-ali", "carries alignments over to another tree", ConvertAliCommand::new),
          new Command(
              "train-transitions",
              "estimates transition probabilities on alignments",
              TrainTransitionsCommand::new),
          new Command("align", "aligns utterances with their transcripts", AlignCommand::new),
          new Command(
              "ali-to-pdf",
              "makes pdf-ids of the transition-ids of alignments",
              AliToPdfCommand::new),
          new Command(
              "analyze-counts",
              "counts the frames of each pdf, for priors",
              AnalyzeCountsCommand::new),
          new Command("set-priors", "sets the priors a model keeps", SetPriorsCommand::new),
          new Command("quantize", "makes a model of eight bits", QuantizeCommand::new),
          new Command("import", "makes a model of a network in an ONNX file", ImportCommand::new),
          new Command(
              "make-graph",
              "makes the decoding graph of a lexicon, a grammar and a model",
              MakeGraphCommand::new),
          new Command("decode", "finds the best words for log-likelihoods", DecodeCommand::new),
          new Command("recognize", "makes words of audio", RecognizeCommand::new),
          new Command("watch", "serves a page on which one watches a model", WatchCommand::new),
          new Command("wer", "counts the word errors of hypotheses", WerCommand::new),
          new Command(
              "wer-bootci",
              "gives a word error rate its confidence interval",
              WerBootciCommand::new),
          new Command(
              "wer-oracle",
              "gives the word error rate of the best choice between systems",
              WerOracleCommand::new),
          new Command(
              "wer-report",
              "compares the word errors of systems, as text and HTML page",
              WerReportCommand::new),
          new Command(
              "wer-seeds",
              "compares the word errors of systems over several trainings of each",
              WerSeedsCommand::new),
          new Command(
              "text-to-sclite",
              "writes references or hypotheses as trn or stm",
              TextToScliteCommand::new),
          new Command(
              "best-wer",
              "picks the best word error rate of a decoding sweep",
              BestWerCommand::new),
          new Command(
              "calibrate",
              "fits a scaling of a model's posteriors to held-out speech",
              CalibrateCommand::new),
          new Command(
              "classify-utterances",
              "names the class of whole utterances, such as their speaker",
              ClassifyUtterancesCommand::new),
          new Command("ece", "measures the calibration of frame posteriors", EceCommand::new),
          new Command(
              "word-features",
              "says what is known about each word of a ctm",
              WordFeaturesCommand::new),
          new Command(
              "confidence-train",
              "fits the probability that a word is right to held-out speech",
              ConfidenceTrainCommand::new),
          new Command(
              "confidence-apply",
              "writes words with probabilities that they are right",
              ConfidenceApplyCommand::new),
          new Command(
              "confidence-eval",
              "measures how good confidences of words are",
              ConfidenceEvalCommand::new),
          new Command(
              "ood", "measures how well a model tells its domain from others", OodCommand::new),
          new Command(
              "generate", "makes speech of a model, as features and audio", GenerateCommand::new),
          new Command("speak", "makes speech of text", SpeakCommand::new),
          new Command("convert", "gives utterances another speaker", ConvertCommand::new),
          new Command("separate", "parts mixtures of two voices", SeparateCommand::new),
          new Command(
              "mix-features", "adds the powers of pairs of utterances", MixFeaturesCommand::new),
          new Command(
              "feature-distortion",
              "measures how far features are from others",
              FeatureDistortionCommand::new),
          new Command("denoise", "makes features likelier under a model", DenoiseCommand::new),
          new Command(
              "inpaint", "lets a model fill in what is masked of features", InpaintCommand::new),
          new Command(
              "compare-trainings",
              "shows many trainings in one table and picture",
              CompareTrainingsCommand::new),
          new Command("report", "makes tables and an HTML page of results", ReportCommand::new));

  private Main() {}

  public static void main(String[] args) {
    Cli.main("acoustic", COMMANDS, args);
  }
}
