package io.centroid.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.centroid.CommandLine;
import io.centroid.StandaloneCluster;
import io.centroid.StandaloneCluster.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Results are the same to the bit as they were in versions before: some steps of each recipe. A
 * change here is one of every user's results, and belongs in the changelog.
 */
@Tag("fault")
final class RecipesIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "'', 1000, 2, f11ca37bbf962f68499ecbb6b39e4f90826121ecbf547164bb2d2a6fb191f229",
    "published, 1000, 2, c4df5b63bdc698c176608804493c3d92b67d1cc206bc8492797971c6ec971990",
    "fast, 1000, 2, add1ae06f16d5a12db710965beaabba90d0890980acdffe69a3548875028c1a0",
    "best, 1000, 2, 6ad1181dfb9cfc41a2d726dcc364e0bf3a75e6fac87f547db449649d899964c1",
    "channel-dense, 300, 1, 53c5f197da71f4e5368d345768d9ec99ede4fa8c9286a4ab4950fc236fb34233",
  })
  void itsParametersAreThoseOfBefore(String recipe, int images, int epochs, String parametersSha256)
      throws Exception {
    assumeTrue(hasHaswellsInstructions());
    CommandLine arguments =
        CommandLine.of("--stand-in")
            .with("--shards", directory.resolve("shards"), "--runs", directory.resolve("runs"))
            .with("--driver-memory", "4g")
            .set("prepare.stand-in.training-images=" + images, "prepare.stand-in.test-images=100")
            .set("training.epochs=" + epochs);
    if (!recipe.isEmpty()) {
      arguments.with("--conf", "conf/recipes/" + recipe + ".conf");
    }
    ScriptRun run =
        StandaloneCluster.run(
            directory.resolve("output"),
            // Kernels that every machine of the last ten years has; others sum in another order.
            Map.of("OPENBLAS_CORETYPE", "Haswell"),
            "submit/local.sh",
            arguments.toArray());
    assertThat(run.exitCode()).as(run.output()).isZero();
    try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
      Path outcome =
          runs.filter(Files::isDirectory).findFirst().orElseThrow().resolve("outcome.json");
      assertThat(
              new ObjectMapper().readTree(outcome.toFile()).required("parametersSha256").asText())
          .isEqualTo(parametersSha256);
    }
  }

  private static boolean hasHaswellsInstructions() throws IOException {
    Path processor = Path.of("/proc/cpuinfo");
    return Files.exists(processor) && Files.readString(processor).matches("(?s).*\\bavx2\\b.*");
  }
}
