// Copyright (C) 2026 the stjem authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lattices from features or audio that a server of stjem.v1 scores while the decoder runs.

#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/timer.h"
#include "decodable-grpc.h"
#include "decoder/lattice-faster-decoder.h"
#include "feat/wave-reader.h"
#include "fstext/fstext-lib.h"
#include "hmm/transition-model.h"
#include "lat/determinize-lattice-pruned.h"
#include "lat/kaldi-lattice.h"
#include "lat/lattice-functions.h"
#include "util/common-utils.h"

namespace {

using kaldi::BaseFloat;
using kaldi::int32;

/// What the decoder gives for an utterance, in the tables the user named.
class Output {
 public:
  Output(const std::string &lattices, const std::string &words, const std::string &alignments,
         bool determinize, const std::string &symbols)
      : words_(words), alignments_(alignments) {
    bool opened = determinize ? compact_lattices_.Open(lattices) : lattices_.Open(lattices);
    if (!opened) {
      KALDI_ERR << "Could not open table for writing lattices: " << lattices;
    }
    if (!symbols.empty()) {
      symbols_.reset(fst::SymbolTable::ReadText(symbols));
      if (symbols_ == nullptr) {
        KALDI_ERR << "Could not read symbol table from file " << symbols;
      }
    }
  }

  /// Writes the best path and the lattice; returns the log-likelihood of the best path.
  double Write(const std::string &key, const kaldi::TransitionModel &transitions,
               const kaldi::LatticeFasterDecoder &decoder, BaseFloat acoustic_scale) {
    kaldi::Lattice best;
    kaldi::Lattice lattice;
    if (!decoder.GetBestPath(&best) || !decoder.GetRawLattice(&lattice)) {
      KALDI_ERR << "No path through the lattice of utterance " << key;
    }
    std::vector<int32> alignment, words;
    kaldi::LatticeWeight weight;
    fst::GetLinearSymbolSequence(best, &alignment, &words, &weight);
    if (words_.IsOpen()) {
      words_.Write(key, words);
    }
    if (alignments_.IsOpen()) {
      alignments_.Write(key, alignment);
    }
    Print(key, words);
    WriteLattice(key, transitions, decoder.GetOptions(), acoustic_scale, &lattice);
    return -(weight.Value1() + weight.Value2());
  }

 private:
  void Print(const std::string &key, const std::vector<int32> &words) const {
    if (symbols_ == nullptr) {
      return;
    }
    std::string line = key;
    for (int32 word : words) {
      const std::string symbol = symbols_->Find(word);
      if (symbol.empty()) {
        KALDI_ERR << "Word-id " << word << " is not in the symbol table";
      }
      line += ' ' + symbol;
    }
    std::cerr << line << '\n';
  }

  void WriteLattice(const std::string &key, const kaldi::TransitionModel &transitions,
                    const kaldi::LatticeFasterDecoderConfig &config, BaseFloat acoustic_scale,
                    kaldi::Lattice *lattice) {
    fst::Connect(lattice);
    // Lattices are kept without acoustic scale.
    const double unscale = acoustic_scale == 0 ? 1.0 : 1.0 / acoustic_scale;
    if (!config.determinize_lattice) {
      fst::ScaleLattice(fst::AcousticLatticeScale(unscale), lattice);
      lattices_.Write(key, *lattice);
      return;
    }
    kaldi::CompactLattice compact;
    if (!fst::DeterminizeLatticePhonePrunedWrapper(transitions, lattice, config.lattice_beam,
                                                   &compact, config.det_opts)) {
      KALDI_WARN << "Determinization ended before the beam for utterance " << key;
    }
    fst::ScaleLattice(fst::AcousticLatticeScale(unscale), &compact);
    compact_lattices_.Write(key, compact);
  }

  kaldi::CompactLatticeWriter compact_lattices_;
  kaldi::LatticeWriter lattices_;
  kaldi::Int32VectorWriter words_;
  kaldi::Int32VectorWriter alignments_;
  std::unique_ptr<fst::SymbolTable> symbols_;
};

/// Fills in the next utterance of a table; false at its end.
using Source = std::function<bool(stjem::Utterance *)>;

Source Features(const std::string &rspecifier) {
  auto reader = std::make_shared<kaldi::SequentialBaseFloatMatrixReader>(rspecifier);
  return [reader](stjem::Utterance *utterance) {
    if (reader->Done()) {
      return false;
    }
    const kaldi::Matrix<BaseFloat> &features = reader->Value();
    utterance->key = reader->Key();
    utterance->num_frames = features.NumRows();
    utterance->dim = features.NumCols();
    utterance->features.reserve(static_cast<size_t>(features.NumRows()) * features.NumCols());
    for (int32 t = 0; t < features.NumRows(); t++) {
      utterance->features.insert(utterance->features.end(), features.RowData(t),
                                 features.RowData(t) + features.NumCols());
    }
    reader->Next();
    return true;
  };
}

Source Audio(const std::string &rspecifier, int32 channel) {
  auto reader = std::make_shared<kaldi::SequentialTableReader<kaldi::WaveHolder>>(rspecifier);
  return [reader, channel](stjem::Utterance *utterance) {
    if (reader->Done()) {
      return false;
    }
    const kaldi::WaveData &wave = reader->Value();
    utterance->key = reader->Key();
    utterance->sample_rate = static_cast<int>(wave.SampFreq());
    if (channel < wave.Data().NumRows()) {
      const BaseFloat *samples = wave.Data().RowData(channel);
      // Kaldi holds 16-bit samples as floats of the same value.
      utterance->samples.assign(samples, samples + wave.Data().NumCols());
    }
    reader->Next();
    return true;
  };
}

/// Decodes as the rows arrive; false if no token is left. Throws stjem::ScoringError.
bool Decode(kaldi::LatticeFasterDecoder *decoder, stjem::DecodableGrpc *decodable) {
  decoder->InitDecoding();
  while (!decodable->IsLastFrame(decoder->NumFramesDecoded() - 1)) {
    decoder->AdvanceDecoding(decodable);
  }
  if (decoder->NumFramesDecoded() == 0) {
    return false;
  }
  decoder->FinalizeDecoding();
  kaldi::Lattice best;
  return decoder->GetBestPath(&best);
}

int Run(int argc, char *argv[]) {
  kaldi::ParseOptions po(
      "Generate lattices from features (or audio, with --wav=true) whose log-likelihoods an\n"
      "acoustic-model server (stjem.v1) computes while the decoder runs.\n"
      "Usage: latgen-faster-grpc [options] --server=HOST:PORT trans-model-in fst-in\n"
      "   (features-rspecifier|wav-rspecifier) lattice-wspecifier [ words-wspecifier\n"
      "   [alignments-wspecifier] ]\n"
      "e.g.: latgen-faster-grpc --server=localhost:50051 final.mdl HCLG.fst scp:feats.scp \\\n"
      "        \"ark:|gzip -c > lat.1.gz\"\n");
  kaldi::LatticeFasterDecoderConfig config;
  stjem::ServerOptions server;
  BaseFloat acoustic_scale = 0.1;
  bool allow_partial = false, wav = false;
  int32 channel = 0, streams = 4, retries = server.retries;
  std::string symbols;
  config.Register(&po);
  po.Register("acoustic-scale", &acoustic_scale, "Scaling factor for acoustic likelihoods");
  po.Register("word-symbol-table", &symbols, "Symbol table for words [for debug output]");
  po.Register("allow-partial", &allow_partial,
              "If true, produce output even if end state was not reached.");
  po.Register("server", &server.server,
              "HOST:PORT of the server; several, separated by commas, with numeric addresses, or "
              "dns:///NAME:PORT take turns");
  po.Register("model", &server.model, "NAME or NAME:VERSION of the model; default: the server's");
  po.Register("wav", &wav, "If true, read audio, of which the server makes the features");
  po.Register("channel", &channel, "Channel of the audio, counted from 0");
  po.Register("streams", &streams, "Utterances being scored at the same time");
  po.Register("retries", &retries, "How often in a row to try again when the server is gone");
  po.Register("tls-ca", &server.tls_ca,
              "Encrypt, and check the server against these certificates (PEM)");
  po.Register("tls-cert", &server.tls_cert, "Certificate to show to the server (PEM)");
  po.Register("tls-key", &server.tls_key, "Private key of --tls-cert (PEM)");
  po.Register("token-file", &server.token_file, "File with the bearer token to show");
  po.Read(argc, argv);
  if (po.NumArgs() < 4 || po.NumArgs() > 6 || server.server.empty()) {
    po.PrintUsage();
    return 1;
  }
  if (streams < 1 || channel < 0 || retries < 0) {
    KALDI_ERR << "--streams must be at least 1, --channel and --retries at least 0";
  }
  server.retries = retries;

  kaldi::TransitionModel transitions;
  kaldi::ReadKaldiObject(po.GetArg(1), &transitions);
  std::unique_ptr<fst::Fst<fst::StdArc>> graph(fst::ReadFstKaldiGeneric(po.GetArg(2)));
  Source source = wav ? Audio(po.GetArg(3), channel) : Features(po.GetArg(3));
  Output output(po.GetArg(4), po.GetOptArg(5), po.GetOptArg(6), config.determinize_lattice,
                symbols);
  stjem::ScoreChannel scores(server);
  scores.RequireModel(transitions.NumPdfs());
  kaldi::LatticeFasterDecoder decoder(*graph, config);

  struct Pending {
    std::string key;
    std::unique_ptr<stjem::DecodableGrpc> decodable;
  };
  std::deque<Pending> pending;
  kaldi::Timer timer;
  double total_likelihood = 0;
  kaldi::int64 total_frames = 0;
  int done = 0, failed = 0;
  bool more = true;
  while (more || !pending.empty()) {
    if (more && pending.size() < static_cast<size_t>(streams)) {
      stjem::Utterance utterance;
      more = source(&utterance);
      if (!more) {
        continue;
      }
      if (utterance.num_frames == 0 && utterance.samples.empty()) {
        KALDI_WARN << "Zero-length utterance: " << utterance.key;
        failed++;
        continue;
      }
      std::string key = utterance.key;
      pending.push_back({key, std::make_unique<stjem::DecodableGrpc>(
                                  transitions, acoustic_scale, &scores, std::move(utterance))});
      continue;
    }
    Pending next = std::move(pending.front());
    pending.pop_front();
    try {
      if (!Decode(&decoder, next.decodable.get())) {
        KALDI_WARN << "Failed to decode utterance " << next.key;
        failed++;
        continue;
      }
    } catch (const stjem::ScoringError &e) {
      if (!e.OfUtterance()) {
        throw stjem::ScoringError("utterance " + next.key + " was not scored: " + e.what(), false);
      }
      KALDI_WARN << "Utterance " << next.key << ": " << e.what();
      failed++;
      continue;
    }
    if (!decoder.ReachedFinal()) {
      KALDI_WARN << (allow_partial ? "Partial" : "No") << " output for utterance " << next.key
                 << ", whose paths reach no final state; --allow-partial="
                 << (allow_partial ? "true" : "false");
      if (!allow_partial) {
        failed++;
        continue;
      }
    }
    const int32 frames = decoder.NumFramesDecoded();
    const double likelihood = output.Write(next.key, transitions, decoder, acoustic_scale);
    KALDI_LOG << "Log-like per frame for utterance " << next.key << " is " << likelihood / frames
              << " over " << frames << " frames.";
    total_likelihood += likelihood;
    total_frames += frames;
    done++;
  }
  const double seconds = timer.Elapsed();
  KALDI_LOG << "Time taken " << seconds << "s: real-time factor assuming 100 frames/sec is "
            << seconds * 100.0 / total_frames;
  KALDI_LOG << "Done " << done << " utterances, failed for " << failed;
  KALDI_LOG << "Overall log-likelihood per frame is " << total_likelihood / total_frames
            << " over " << total_frames << " frames.";
  return done > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char *argv[]) {
  try {
    return Run(argc, argv);
  } catch (const stjem::ScoringError &e) {
    // Not a fault of this program: a sentence without Kaldi's stack trace.
    std::cerr << "ERROR (latgen-faster-grpc) " << e.what() << '\n';
    return -1;
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    return -1;
  }
}
