package org.stjem.imagebench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Of the acoustic module, images use the energy core and the evaluation only; of the frontend,
 * files and how commands are run.
 */
@AnalyzeClasses(
    packages = "org.stjem.imagebench",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule IMAGES_USE_CORE_AND_EVALUATION_ONLY =
      noClasses()
          .that()
          .resideInAPackage("org.stjem.imagebench..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.frontend.kaldi..",
              "org.stjem.frontend.audio..",
              "org.stjem.frontend.fbank..",
              "org.stjem.frontend.cmvn..",
              "org.stjem.frontend.data..",
              "org.stjem.frontend.reverb..",
              "org.stjem.frontend.vocoder..",
              "org.stjem.proto..",
              "org.stjem.acoustic.net..",
              "org.stjem.acoustic.data..",
              "org.stjem.acoustic.train..",
              "org.stjem.acoustic.decode..",
              "org.stjem.acoustic.serving..",
              "org.stjem.acoustic.cli..")
          .allowEmptyShould(true);
}
