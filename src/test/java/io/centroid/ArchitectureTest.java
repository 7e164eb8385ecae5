package io.centroid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Collator;
import java.text.DateFormat;
import java.text.NumberFormat;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.TimeZone;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rooms of docs/architecture.md, and who may use whom. */
final class ArchitectureTest {
  /** From the top down: a package may use those that come after it. */
  private static final List<String> ROOMS =
      List.of(
          "benchmark",
          "cli",
          "pipeline",
          "promote",
          "train",
          "ml",
          "dl4j",
          "prep",
          "score",
          "checkpoint",
          "average",
          "collective",
          "deal",
          "report",
          "run",
          "evaluate",
          "compute",
          "model",
          "source",
          "shard",
          "order",
          "example",
          "publish",
          "picture",
          "storage",
          "job",
          "config",
          "json",
          "kryo",
          "cifar",
          "data",
          "error");

  private static final int MOST_CLASSES = 25;

  /** What goes into the job jar, and the benchmark, which is compiled with the tests. */
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importPaths(
              Built.TARGET.resolve("classes/io/centroid"),
              Built.TARGET.resolve("test-classes/io/centroid/benchmark"));

  @ParameterizedTest
  @FieldSource("ROOMS")
  void arrowsPointDown(String room) {
    doesNotUse(room, ROOMS.subList(0, ROOMS.indexOf(room)).toArray(String[]::new));
  }

  @Test
  void jobsKnowNothingOfEachOther() {
    doesNotUse(
        "prep", "average", "checkpoint", "compute", "deal", "evaluate", "model", "report", "run");
    doesNotUse("score", "average", "checkpoint", "deal", "prep", "report", "run");
    doesNotUse("train", "prep", "promote", "score");
    doesNotUse(
        "promote", "average", "checkpoint", "compute", "deal", "model", "prep", "report", "train");
    doesNotUse("pipeline", "evaluate", "prep", "report", "score", "shard", "train");
    doesNotUse("ml", "prep", "source", "shard", "score", "report", "publish");
    doesNotUse("average", "checkpoint", "evaluate", "report", "shard");
  }

  @Test
  void everyClassHasARoomAndNoRoomIsOvercrowded() {
    Map<String, Long> sizes =
        CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(sizes.keySet()).containsExactlyInAnyOrderElementsOf(names(ROOMS));
    assertThat(sizes)
        .allSatisfy((room, size) -> assertThat(size).isLessThanOrEqualTo(MOST_CLASSES));
  }

  /** Constants are not in the compiled classes any more, so this looks at the sources. */
  @Test
  void onlyTheRoomOfCifar10KnowsItsNumbers() throws IOException {
    Path sources = Path.of(System.getProperty("centroid.home", "."), "src/main/java/io/centroid");
    List<Path> files;
    try (Stream<Path> all = Files.walk(sources)) {
      files = all.filter(file -> file.toString().endsWith(".java")).toList();
    }
    assertThat(files).hasSizeGreaterThan(200);
    Pattern numbers = Pattern.compile("\\b3_?072\\b|32 ?[×x*] ?32|Cifar10\\.(?!DATA_SET\\b)[A-Z]");
    for (Path file : files) {
      String room = sources.relativize(file).getName(0).toString();
      if (!room.equals("cifar") && !file.endsWith("source/OfficialImages.java")) {
        String code = Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "");
        assertThat(numbers.matcher(code).results().map(MatchResult::group))
            .as("%s", file)
            .isEmpty();
      }
    }
  }

  @Test
  void theJobHoldsNoBenchmark() {
    assertThat(Built.TARGET.resolve("classes/io/centroid/train")).isDirectory();
    assertThat(Built.TARGET.resolve("classes/io/centroid/benchmark")).doesNotExist();
    assertThat(CLASSES.contain("io.centroid.benchmark.Benchmark")).isTrue();
  }

  @Test
  void onlyOneRoomKnowsDeeplearning4jsSparkModule() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.centroid.dl4j", "io.centroid.benchmark")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.deeplearning4j.spark..")
        .check(CLASSES);
  }

  @Test
  void preparationKnowsNoDeeplearning4j() {
    noClasses()
        .that()
        .resideInAnyPackage("io.centroid.prep", "io.centroid.shard", "io.centroid.publish")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..")
        .check(CLASSES);
  }

  @Test
  void modelAndComputeKnowNoSpark() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.centroid.model",
            "io.centroid.compute",
            "io.centroid.example",
            "io.centroid.picture")
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

  /** The program's own language is none, but its classes are used in other programs, too. */
  @Test
  void bytesAndNamesKnowNoLanguageAndNoPlace() {
    for (Class<?> type :
        List.of(
            Scanner.class,
            DateFormat.class,
            NumberFormat.class,
            Collator.class,
            Calendar.class,
            FileReader.class,
            FileWriter.class)) {
      noClasses().should().dependOnClassesThat().areAssignableTo(type).check(CLASSES);
    }
    noClasses().should().callMethod(String.class, "toLowerCase").check(CLASSES);
    noClasses().should().callMethod(String.class, "toUpperCase").check(CLASSES);
    noClasses()
        .should()
        .callMethod(String.class, "format", String.class, Object[].class)
        .check(CLASSES);
    noClasses().should().callMethod(String.class, "getBytes").check(CLASSES);
    noClasses().should().callMethod(ZoneId.class, "systemDefault").check(CLASSES);
    noClasses().should().callMethod(TimeZone.class, "getDefault").check(CLASSES);
  }

  private static void doesNotUse(String room, String... forbidden) {
    if (forbidden.length > 0) {
      noClasses()
          .that()
          .resideInAPackage("io.centroid." + room)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(names(List.of(forbidden)).toArray(String[]::new))
          .check(CLASSES);
    }
  }

  private static List<String> names(List<String> rooms) {
    return rooms.stream().map(room -> "io.centroid." + room).toList();
  }
}
