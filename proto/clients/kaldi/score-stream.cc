// Copyright (C) 2026 the stjem authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "score-stream.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "stjem/v1/acoustic_model.grpc.pb.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers are sent as they lie in memory, which must be little-endian"
#endif

namespace stjem {

namespace {

constexpr size_t kChunkBytes = 1 << 18;  // far below the 4 MiB that servers take by default
constexpr std::chrono::milliseconds kFirstPause(500);
constexpr std::chrono::milliseconds kLongestPause(8000);
// How often an utterance is tried again that may itself be at fault.
constexpr int kMostDoubtfulFailures = 2;
constexpr std::chrono::seconds kFirstAnswer(20);

// Each call goes to the next server in turn, of those that say they are healthy.
constexpr char kServiceConfig[] =
    "{\"loadBalancingConfig\":[{\"round_robin\":{}}],"
    "\"healthCheckConfig\":{\"serviceName\":\"stjem.v1.AcousticModelService\"}}";

std::string ReadFile(const std::string &name) {
  std::ifstream file(name, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file || content.str().empty()) {
    throw ScoringError("cannot read " + name, false);
  }
  return content.str();
}

// gRPC has no name for several addresses but ipv4:.
std::string Target(const std::string &server) {
  bool several = server.find(',') != std::string::npos;
  bool has_scheme = server.compare(0, 5, "ipv4:") == 0 || server.compare(0, 5, "ipv6:") == 0;
  return several && !has_scheme ? "ipv4:" + server : server;
}

const char *Name(grpc::StatusCode code) {
  switch (code) {
    case grpc::CANCELLED: return "CANCELLED";
    case grpc::UNKNOWN: return "UNKNOWN";
    case grpc::INVALID_ARGUMENT: return "INVALID_ARGUMENT";
    case grpc::DEADLINE_EXCEEDED: return "DEADLINE_EXCEEDED";
    case grpc::NOT_FOUND: return "NOT_FOUND";
    case grpc::ALREADY_EXISTS: return "ALREADY_EXISTS";
    case grpc::PERMISSION_DENIED: return "PERMISSION_DENIED";
    case grpc::UNAUTHENTICATED: return "UNAUTHENTICATED";
    case grpc::RESOURCE_EXHAUSTED: return "RESOURCE_EXHAUSTED";
    case grpc::FAILED_PRECONDITION: return "FAILED_PRECONDITION";
    case grpc::ABORTED: return "ABORTED";
    case grpc::OUT_OF_RANGE: return "OUT_OF_RANGE";
    case grpc::UNIMPLEMENTED: return "UNIMPLEMENTED";
    case grpc::INTERNAL: return "INTERNAL";
    case grpc::UNAVAILABLE: return "UNAVAILABLE";
    case grpc::DATA_LOSS: return "DATA_LOSS";
    default: return "error";
  }
}

// A proxy tells of a server that died under a stream by INTERNAL or UNKNOWN.
bool IsTransient(grpc::StatusCode code) {
  switch (code) {
    case grpc::UNAVAILABLE:
    case grpc::RESOURCE_EXHAUSTED:
    case grpc::CANCELLED:
    case grpc::ABORTED:
    case grpc::DEADLINE_EXCEEDED:
    case grpc::DATA_LOSS:
    case grpc::INTERNAL:
    case grpc::UNKNOWN:
      return true;
    default:
      return false;
  }
}

bool IsOfUtterance(grpc::StatusCode code) {
  switch (code) {
    case grpc::INVALID_ARGUMENT:
    case grpc::INTERNAL:
    case grpc::UNKNOWN:
    case grpc::OUT_OF_RANGE:
      return true;
    default:
      return false;
  }
}

/// Names the model, NAME or NAME:VERSION or none, in a message that has fields for both.
template <typename Message>
void SetModel(const std::string &model, Message *message) {
  const size_t colon = model.find(':');
  message->set_model_name(model.substr(0, colon));
  if (colon != std::string::npos) {
    message->set_model_version(model.substr(colon + 1));
  }
}

/// Length of the UTF-8 character that starts at `i`; 0 if there is none.
size_t Utf8Length(const std::string &text, size_t i) {
  const auto at = [&](size_t k) -> unsigned { return k < text.size() ? text[k] & 0xffu : 0; };
  const unsigned first = at(i);
  if (first < 0x80) {
    return 1;
  }
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  unsigned c = first & (0x7f >> length);
  for (size_t k = 1; k < length; k++) {
    if ((at(i + k) & 0xc0) != 0x80) {
      return 0;
    }
    c = c << 6 | (at(i + k) & 0x3f);
  }
  const unsigned least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  const bool surrogate = c >= 0xd800 && c < 0xe000;
  return first < 0xc0 || first > 0xf4 || c < least || c > 0x10ffff || surrogate ? 0 : length;
}

/// A key as the server takes it: bytes that are not UTF-8 as \xe9.
std::string Wire(const std::string &key) {
  std::string wire;
  for (size_t i = 0; i < key.size();) {
    const size_t length = Utf8Length(key, i);
    if (length == 0) {
      char escaped[5];
      std::snprintf(escaped, sizeof(escaped), "\\x%02x", key[i] & 0xffu);
      wire += escaped;
      i++;
    } else {
      wire.append(key, i, length);
      i += length;
    }
  }
  return wire;
}

std::string NewSessionId() {
  std::random_device random;
  std::ostringstream id;
  id << std::hex;
  for (int i = 0; i < 4; i++) {
    id << random();
  }
  return id.str();
}

}  // namespace

struct ScoreChannel::Impl {
  ServerOptions options;
  std::string authorization;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::AcousticModelService::Stub> stub;
};

ScoreChannel::ScoreChannel(const ServerOptions &options) : impl_(new Impl) {
  impl_->options = options;
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    throw ScoringError("--tls-cert and --tls-key go together", false);
  }
  if (!options.tls_ca.empty()) {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = ReadFile(options.tls_ca);
    if (!options.tls_cert.empty()) {
      tls.pem_cert_chain = ReadFile(options.tls_cert);
      tls.pem_private_key = ReadFile(options.tls_key);
    }
    credentials = grpc::SslCredentials(tls);
  } else if (!options.tls_cert.empty()) {
    throw ScoringError("--tls-cert needs --tls-ca", false);
  }
  if (!options.token_file.empty()) {
    std::istringstream words(ReadFile(options.token_file));
    std::string token;
    words >> token;
    impl_->authorization = "Bearer " + token;
  }
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kLongestPause.count()));
  impl_->channel = grpc::CreateCustomChannel(Target(options.server), credentials, arguments);
  impl_->stub = v1::AcousticModelService::NewStub(impl_->channel);
}

ScoreChannel::~ScoreChannel() = default;

void ScoreChannel::RequireModel(int num_pdfs) const {
  const std::string server = "server " + impl_->options.server;
  // A stream has no deadline, and would wait for ever on a port where something else listens.
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kFirstAnswer);
  context.set_wait_for_ready(true);
  if (!impl_->authorization.empty()) {
    context.AddMetadata("authorization", impl_->authorization);
  }
  v1::GetModelRequest request;
  SetModel(impl_->options.model, &request);
  v1::GetModelResponse response;
  const grpc::Status status = impl_->stub->GetModel(&context, request, &response);
  if (!status.ok()) {
    std::string sentence =
        server + ": " + Name(status.error_code()) + ": " + status.error_message();
    if (status.error_code() == grpc::UNIMPLEMENTED) {
      sentence += "; it does not speak stjem.v1";
    } else if (status.error_code() == grpc::DEADLINE_EXCEEDED) {
      sentence += "; no healthy acoustic-model server answered within " +
                  std::to_string(kFirstAnswer.count()) + " s";
    }
    throw ScoringError(sentence, false);
  }
  const v1::ModelInfo &model = response.model();
  if (model.num_pdfs() != static_cast<uint32_t>(num_pdfs)) {
    throw ScoringError(server + ": model " + model.name() + ":" + model.version() + " has " +
                           std::to_string(model.num_pdfs()) + " pdfs, the decoder needs " +
                           std::to_string(num_pdfs),
                       false);
  }
}

/// One call; a stream that was resumed had several.
struct ScoreStream::Attempt {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ScoreRequest, v1::ScoreResponse>> call;
  v1::ScoreStart start;
  uint64_t rows_before = 0;
  uint64_t rows_received = 0;
  bool final_received = false;
};

ScoreStream::ScoreStream(ScoreChannel *channel, Utterance utterance, int num_pdfs)
    : channel_(channel->impl_.get()),
      utterance_(std::move(utterance)),
      num_pdfs_(num_pdfs),
      thread_(&ScoreStream::Run, this) {}

ScoreStream::~ScoreStream() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    if (current_ != nullptr) {
      current_->context.TryCancel();
    }
  }
  changed_.notify_all();
  thread_.join();
}

size_t ScoreStream::NumRowsReady() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return rows_.size();
}

bool ScoreStream::WaitForRow(size_t row) const {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return row < rows_.size() || state_ != State::kRunning; });
  if (row < rows_.size()) {
    return true;
  }
  if (state_ == State::kFailed) {
    throw ScoringError(failure_, failure_is_of_utterance_);
  }
  return false;
}

const float *ScoreStream::Row(size_t row) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return rows_.at(row).data();
}

void ScoreStream::Send(Attempt *attempt, uint64_t first_frame) {
  v1::ScoreRequest request;
  *request.mutable_start() = attempt->start;
  if (!attempt->call->Write(request)) {
    return;  // the receiving side learns why
  }
  if (utterance_.sample_rate != 0) {
    const size_t most = kChunkBytes / sizeof(int16_t);
    for (size_t i = 0; i < utterance_.samples.size(); i += most) {
      size_t count = std::min(most, utterance_.samples.size() - i);
      request.mutable_audio()->set_samples(utterance_.samples.data() + i, count * sizeof(int16_t));
      if (!attempt->call->Write(request)) {
        return;
      }
    }
  } else {
    const uint64_t dim = utterance_.dim;
    const uint64_t num_frames = utterance_.num_frames;
    const uint64_t most = std::max<uint64_t>(1, kChunkBytes / (sizeof(float) * dim));
    for (uint64_t t = first_frame; t < num_frames; t += most) {
      uint64_t count = std::min(most, num_frames - t);
      v1::Features *chunk = request.mutable_features();
      chunk->set_data(utterance_.features.data() + t * dim, count * dim * sizeof(float));
      chunk->set_num_frames(count);
      chunk->set_dim(dim);
      if (!attempt->call->Write(request)) {
        return;
      }
    }
  }
  request.mutable_end();
  attempt->call->Write(request);
  attempt->call->WritesDone();
}

/// Takes what comes until the server says no more; false, with a complaint, if it makes no sense.
bool ScoreStream::Receive(Attempt *attempt, std::string *complaint) {
  v1::ScoreResponse response;
  while (attempt->call->Read(&response)) {
    if (response.has_started()) {
      const v1::ScoreStarted &started = response.started();
      fingerprint_ = started.fingerprint();
      resume_secret_ = started.resume_secret();
      left_context_ = started.left_context();
      subsampling_ = std::max(1u, started.frame_subsampling_factor());
    } else if (response.has_rows()) {
      const v1::ScoreRows &rows = response.rows();
      const size_t row_bytes = sizeof(float) * static_cast<size_t>(num_pdfs_);
      const uint64_t next = (attempt->rows_before + attempt->rows_received) * subsampling_;
      if (rows.num_columns() != static_cast<uint32_t>(num_pdfs_) || rows.first_frame() != next ||
          rows.data().size() != row_bytes * rows.num_rows()) {
        *complaint = "sent rows of the wrong size or for the wrong frames";
        return false;
      }
      {
        std::lock_guard<std::mutex> lock(mutex_);
        for (uint32_t i = 0; i < rows.num_rows(); i++) {
          rows_.emplace_back(num_pdfs_);
          std::memcpy(rows_.back().data(), rows.data().data() + i * row_bytes, row_bytes);
        }
      }
      attempt->rows_received += rows.num_rows();
      changed_.notify_all();
    } else if (response.has_final()) {
      attempt->final_received = response.final().num_rows() == attempt->rows_received;
    }
  }
  return true;
}

void ScoreStream::Run() {
  const ServerOptions &options = channel_->options;
  const std::string server = "server " + options.server;
  int failures = 0;
  int doubtful_failures = 0;
  while (true) {
    Attempt attempt;
    v1::ScoreStart &start = attempt.start;
    attempt.rows_before = NumRowsReady();
    const uint64_t next_frame = attempt.rows_before * subsampling_;
    uint64_t first_frame = 0;
    SetModel(options.model, &start);
    if (fingerprint_.empty()) {
      // The place of a call that was never answered cannot be shown to be ours.
      session_id_ = NewSessionId();
    }
    start.set_session_id(session_id_);
    start.set_resume(!fingerprint_.empty());
    start.set_resume_secret(resume_secret_);
    start.set_utterance_id(Wire(utterance_.key));
    start.set_kind(v1::SCORE_KIND_SCALED_LOG_LIKELIHOOD);
    start.set_expected_num_pdfs(num_pdfs_);
    start.set_expected_fingerprint(fingerprint_);
    start.set_next_frame(next_frame);
    if (utterance_.sample_rate != 0) {
      start.set_audio_sample_rate_hz(utterance_.sample_rate);
    } else {
      start.set_expected_feature_dim(utterance_.dim);
      first_frame = next_frame > left_context_ ? next_frame - left_context_ : 0;
      start.set_first_frame(first_frame);
    }
    if (!channel_->authorization.empty()) {
      attempt.context.AddMetadata("authorization", channel_->authorization);
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (cancelled_) {
        return;
      }
      current_ = &attempt;
      attempt.call = channel_->stub->Score(&attempt.context);
    }
    std::thread sender(&ScoreStream::Send, this, &attempt, first_frame);
    std::string complaint;
    const bool sane = Receive(&attempt, &complaint);
    if (!sane) {
      attempt.context.TryCancel();
    }
    sender.join();
    grpc::Status status = attempt.call->Finish();

    std::unique_lock<std::mutex> lock(mutex_);
    current_ = nullptr;
    if (cancelled_) {
      return;
    }
    if (!sane) {
      status = grpc::Status(grpc::INTERNAL, complaint);
    } else if (status.ok() && !attempt.final_received) {
      status = grpc::Status(grpc::DATA_LOSS, "ended the stream too early");
    }
    if (status.ok()) {
      state_ = State::kComplete;
      changed_.notify_all();
      return;
    }
    const std::string sentence =
        server + ": " + Name(status.error_code()) + ": " + status.error_message();
    if (attempt.rows_received > 0) {
      failures = 0;
    }
    const bool doubtful = IsOfUtterance(status.error_code());
    if (!IsTransient(status.error_code()) || failures == options.retries ||
        (doubtful && doubtful_failures == kMostDoubtfulFailures)) {
      state_ = State::kFailed;
      failure_ = sentence;
      if (failures > 0) {
        failure_ += "; gave up after " + std::to_string(failures + 1) + " attempts";
      }
      failure_is_of_utterance_ = doubtful;
      changed_.notify_all();
      return;
    }
    const auto pause = std::min(kFirstPause * (1 << std::min(failures, 10)), kLongestPause);
    failures++;
    doubtful_failures += doubtful;
    std::cerr << "WARNING (latgen-faster-grpc) utterance " << utterance_.key << ": " << sentence
              << "; trying again in " << pause.count() / 1000.0 << " s (" << failures << " of "
              << options.retries << ")\n";
    changed_.wait_for(lock, pause, [&] { return cancelled_; });
    lock.unlock();
    channel_->channel->WaitForConnected(std::chrono::system_clock::now() + pause);
  }
}

}  // namespace stjem
