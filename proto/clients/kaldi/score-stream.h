// Copyright (C) 2026 the stjem authors
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef STJEM_SCORE_STREAM_H_
#define STJEM_SCORE_STREAM_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace stjem {

/// Scores cannot be had; what() is one sentence that names the server, the status and its words.
class ScoringError : public std::runtime_error {
 public:
  ScoringError(const std::string &sentence, bool of_utterance)
      : std::runtime_error(sentence), of_utterance_(of_utterance) {}

  /// Whether only this utterance is at fault, so that others can still be scored.
  bool OfUtterance() const { return of_utterance_; }

 private:
  bool of_utterance_;
};

/// Where the server is and how to talk to it.
struct ServerOptions {
  std::string server;      // HOST:PORT, HOST:PORT,HOST:PORT…, or any target of gRPC
  std::string model;       // NAME or NAME:VERSION; empty for the server's default
  std::string tls_ca;      // certificates (PEM) to check the server against; empty: no TLS
  std::string tls_cert;    // this client's certificate chain (PEM), for mutual TLS
  std::string tls_key;     // and its private key (PEM)
  std::string token_file;  // file with a bearer token
  int retries = 5;         // how often in a row to try again when the server is gone
};

/// What is scored: features, or audio if sample_rate is not 0.
struct Utterance {
  std::string key;
  std::vector<float> features;  // [num_frames, dim], row by row
  int num_frames = 0;
  int dim = 0;
  std::vector<int16_t> samples;  // of one channel
  int sample_rate = 0;           // in Hz
};

/// A connection to the servers, shared by any number of streams. Thread-safe.
class ScoreChannel {
 public:
  /// Throws ScoringError if a file cannot be read or options do not go together.
  explicit ScoreChannel(const ServerOptions &options);
  ~ScoreChannel();

  /// Asks for the model; throws ScoringError if no server answers within 20 s, if what answers does
  /// not speak stjem.v1 or has no such model, or if the model has another number of pdfs.
  void RequireModel(int num_pdfs) const;

 private:
  friend class ScoreStream;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The scaled log-likelihoods of one utterance, which come from the server while others wait for
/// them. When the connection breaks, goes on from the first row that is missing, on the same or
/// another server of the same model. All rows are kept. One thread may use it besides its own.
class ScoreStream {
 public:
  /// Starts to send. num_pdfs: columns the decoder needs; another model is refused.
  ScoreStream(ScoreChannel *channel, Utterance utterance, int num_pdfs);

  /// Cancels what is still under way.
  ~ScoreStream();

  ScoreStream(const ScoreStream &) = delete;
  ScoreStream &operator=(const ScoreStream &) = delete;

  /// Rows that can be had at once.
  size_t NumRowsReady() const;

  /// Waits until a row is there (true) or the utterance turns out to end before it (false). Throws
  /// ScoringError if neither will happen.
  bool WaitForRow(size_t row) const;

  /// Scores of a row that is there, num_pdfs of them; valid as long as this object.
  const float *Row(size_t row) const;

 private:
  struct Attempt;
  enum class State { kRunning, kComplete, kFailed };

  void Run();
  void Send(Attempt *attempt, uint64_t first_frame);
  bool Receive(Attempt *attempt, std::string *complaint);

  ScoreChannel::Impl *const channel_;
  const Utterance utterance_;
  const int num_pdfs_;

  // Only the thread of Run uses these.
  std::string session_id_;
  std::string resume_secret_;
  std::string fingerprint_;
  uint32_t left_context_ = 0;
  uint32_t subsampling_ = 1;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<std::vector<float>> rows_;
  State state_ = State::kRunning;
  std::string failure_;
  bool failure_is_of_utterance_ = false;
  bool cancelled_ = false;
  Attempt *current_ = nullptr;

  std::thread thread_;
};

}  // namespace stjem

#endif  // STJEM_SCORE_STREAM_H_
