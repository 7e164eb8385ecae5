package io.centroid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Who may use whom: the arrows of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.centroid");

  @Test
  void arrowsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("io.centroid.cli")
        .layer("prep")
        .definedBy("io.centroid.prep")
        .layer("benchmark")
        .definedBy("io.centroid.benchmark")
        .layer("pipeline")
        .definedBy("io.centroid.pipeline")
        .layer("promote")
        .definedBy("io.centroid.promote")
        .layer("train")
        .definedBy("io.centroid.train")
        .layer("report")
        .definedBy("io.centroid.report")
        .layer("evaluate")
        .definedBy("io.centroid.evaluate")
        .layer("score")
        .definedBy("io.centroid.score")
        .layer("compute")
        .definedBy("io.centroid.compute")
        .layer("model")
        .definedBy("io.centroid.model")
        .layer("shard")
        .definedBy("io.centroid.shard")
        .layer("run")
        .definedBy("io.centroid.run")
        .layer("config")
        .definedBy("io.centroid.config")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("prep")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("benchmark")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("pipeline")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("promote")
        .mayOnlyBeAccessedByLayers("cli", "pipeline")
        .whereLayer("train")
        .mayOnlyBeAccessedByLayers("cli", "benchmark")
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("cli", "benchmark", "train", "promote", "pipeline")
        .whereLayer("evaluate")
        .mayOnlyBeAccessedByLayers("cli", "benchmark", "train", "report", "score", "promote")
        .whereLayer("score")
        .mayOnlyBeAccessedByLayers("cli", "benchmark")
        .whereLayer("compute")
        .mayOnlyBeAccessedByLayers("benchmark", "train", "evaluate", "score")
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("cli", "benchmark", "train", "evaluate", "compute", "score")
        .whereLayer("shard")
        .mayOnlyBeAccessedByLayers(
            "cli", "benchmark", "prep", "train", "evaluate", "score", "promote")
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers(
            "cli",
            "benchmark",
            "prep",
            "train",
            "report",
            "evaluate",
            "score",
            "promote",
            "pipeline")
        .whereLayer("config")
        .mayOnlyBeAccessedByLayers(
            "cli", "benchmark", "prep", "train", "model", "compute", "report", "promote")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.centroid.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void preparationKnowsNoDeeplearning4j() {
    noClasses()
        .that()
        .resideInAnyPackage("io.centroid.prep", "io.centroid.shard")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..")
        .check(CLASSES);
  }

  @Test
  void modelAndComputeKnowNoSpark() {
    noClasses()
        .that()
        .resideInAnyPackage("io.centroid.model", "io.centroid.compute")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.spark..")
        .check(CLASSES);
  }

  @Test
  void dataKnowsNoEngineAndNoFileSystem() {
    noClasses()
        .that()
        .resideInAnyPackage("io.centroid.data", "io.centroid.error")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..", "org.apache.hadoop..", "org.deeplearning4j..", "org.nd4j..")
        .check(CLASSES);
  }

  @Test
  void theMasterBelongsToSparkSubmit() {
    noClasses().should().callMethod(SparkConf.class, "setMaster", String.class).check(CLASSES);
  }
}
