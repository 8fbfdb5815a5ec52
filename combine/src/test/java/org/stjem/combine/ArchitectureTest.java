package org.stjem.combine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Data flows one way: audio, frontend, acoustic, combine. */
@AnalyzeClasses(packages = "org.stjem", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule FRONTEND_KNOWS_NO_MODEL =
      noClasses()
          .that()
          .resideInAPackage("org.stjem.frontend..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.acoustic..", "org.stjem.combine..", "org.stjem.proto..", "ai.djl..");

  @ArchTest
  static final ArchRule ACOUSTIC_KNOWS_NO_MIXTURE =
      noClasses()
          .that()
          .resideInAPackage("org.stjem.acoustic..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.stjem.combine..", "org.stjem.imagebench..");

  @ArchTest
  static final ArchRule ENERGY_CORE_KNOWS_NOTHING_OF_SPEECH =
      classes()
          .that()
          .resideInAPackage("org.stjem.acoustic.ebm..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.acoustic.ebm..",
              "org.stjem.frontend.io..",
              "ai.djl..",
              "com.google.gson..",
              "java..");

  @ArchTest
  static final ArchRule EVALUATION_KNOWS_NO_NETWORK =
      noClasses()
          .that()
          .resideInAPackage("org.stjem.acoustic.eval..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.acoustic.net..",
              "org.stjem.acoustic.ebm..",
              "org.stjem.acoustic.data..",
              "org.stjem.acoustic.train..",
              "org.stjem.acoustic.serving..",
              "org.stjem.acoustic.decode..",
              "ai.djl..");

  @ArchTest
  static final ArchRule DECODER_AND_CLIENT_NEED_NO_TENSOR_ENGINE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.stjem.acoustic.decode..",
              "org.stjem.acoustic.lattice..",
              "org.stjem.acoustic.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule CONFIDENCE_OF_WORDS_KNOWS_NO_MODEL =
      noClasses()
          .that()
          .resideInAPackage("org.stjem.acoustic.confidence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.acoustic.net..",
              "org.stjem.acoustic.ebm..",
              "org.stjem.acoustic.data..",
              "org.stjem.acoustic.train..",
              "org.stjem.acoustic.serving..",
              "org.stjem.acoustic.decode..",
              "org.stjem.acoustic.lattice..",
              "ai.djl..");

  @ArchTest
  static final ArchRule ONLY_COMMANDS_KNOW_COMMANDS =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.stjem..cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.stjem..cli..");

  @ArchTest
  static final ArchRule AUDIO_FLOWS_FORWARD =
      noClasses()
          .that()
          .resideInAnyPackage("org.stjem.frontend.io..", "org.stjem.frontend.kaldi..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.stjem.frontend.audio..",
              "org.stjem.frontend.fbank..",
              "org.stjem.frontend.cmvn..",
              "org.stjem.frontend.reverb..");

  @ArchTest
  static final ArchRule NO_CYCLES_IN_FRONTEND =
      slices().matching("org.stjem.frontend.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_CYCLES_IN_ACOUSTIC =
      slices().matching("org.stjem.acoustic.(*)..").should().beFreeOfCycles();
}
