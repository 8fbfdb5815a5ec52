package org.stjem.acoustic.serving;

import java.util.ArrayList;
import java.util.List;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;

/** Compares what a client takes for granted with the model it gets. */
final class Expectations {
  private Expectations() {}

  /** One phrase for everything the client takes for granted and the model does not have. */
  static List<String> differences(ScoreStart start, ModelInfo model) {
    List<String> differences = new ArrayList<>();
    if (start.getExpectedNumPdfs() != 0 && start.getExpectedNumPdfs() != model.getNumPdfs()) {
      differences.add(
          "the client expects "
              + Integer.toUnsignedString(start.getExpectedNumPdfs())
              + " pdfs, the model has "
              + model.getNumPdfs());
    }
    if (start.getExpectedFeatureDim() != 0
        && start.getExpectedFeatureDim() != model.getFeatureDim()) {
      differences.add(
          "the client has features of dimension "
              + Integer.toUnsignedString(start.getExpectedFeatureDim())
              + ", the model takes "
              + model.getFeatureDim());
    }
    List<String> options =
        FeatureOptions.differences(
            model.getFeatureOptionsMap(), start.getExpectedFeatureOptionsMap());
    differences.addAll(options);
    String hash = start.getExpectedFeatureOptionsHash();
    if (options.isEmpty() && !hash.isEmpty() && !hash.equals(model.getFeatureOptionsHash())) {
      differences.add(
          "the client's feature options have hash "
              + ClientText.shown(hash)
              + ", the model's "
              + (model.getFeatureOptionsHash().isEmpty()
                  ? "are not known"
                  : model.getFeatureOptionsHash()));
    }
    String fingerprint = start.getExpectedFingerprint();
    if (!fingerprint.isEmpty() && !fingerprint.equals(model.getFingerprint())) {
      differences.add(
          "the client began with the model of fingerprint "
              + ClientText.shown(fingerprint)
              + ", this one has "
              + model.getFingerprint());
    }
    return differences;
  }
}
