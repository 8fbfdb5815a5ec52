// Copyright (C) 2026 the stjem authors
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef STJEM_DECODABLE_GRPC_H_
#define STJEM_DECODABLE_GRPC_H_

#include "base/kaldi-common.h"
#include "hmm/transition-model.h"
#include "itf/decodable-itf.h"
#include "score-stream.h"

namespace stjem {

/// Kaldi's view of a ScoreStream: frames are the stream's rows, indices are transition-ids.
///
/// NumFramesReady() never waits, so decoders that take what is there work while the rest is being
/// computed; IsLastFrame(t) waits until it is known whether there is a frame t + 1, and throws
/// ScoringError if the server cannot tell.
class DecodableGrpc : public kaldi::DecodableInterface {
 public:
  /// acoustic_scale: factor of all log-likelihoods. Keeps references to all but the scale.
  DecodableGrpc(const kaldi::TransitionModel &transitions, kaldi::BaseFloat acoustic_scale,
                ScoreChannel *channel, Utterance utterance)
      : transitions_(transitions),
        acoustic_scale_(acoustic_scale),
        stream_(channel, std::move(utterance), transitions.NumPdfs()) {}

  kaldi::BaseFloat LogLikelihood(kaldi::int32 frame, kaldi::int32 transition_id) override {
    if (frame != frame_) {
      row_ = stream_.Row(frame);
      frame_ = frame;
    }
    return acoustic_scale_ * row_[transitions_.TransitionIdToPdfFast(transition_id)];
  }

  bool IsLastFrame(kaldi::int32 frame) const override { return !stream_.WaitForRow(frame + 1); }

  kaldi::int32 NumFramesReady() const override {
    return static_cast<kaldi::int32>(stream_.NumRowsReady());
  }

  kaldi::int32 NumIndices() const override { return transitions_.NumTransitionIds(); }

 private:
  const kaldi::TransitionModel &transitions_;
  const kaldi::BaseFloat acoustic_scale_;
  ScoreStream stream_;
  kaldi::int32 frame_ = -1;
  const float *row_ = nullptr;
};

}  // namespace stjem

#endif  // STJEM_DECODABLE_GRPC_H_
