package io.centroid.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.OwnJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

final class NativeKernelsTest {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  @Test
  void takesTheKernelsForWhatTheProcessorCanDo() {
    String zen5 =
        "processor\t: 0\nflags\t\t: fpu fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl\n";
    assertThat(NativeKernels.choice(zen5)).contains("SkylakeX");
    assertThat(NativeKernels.choice(zen5.replace("avx512bw ", ""))).contains("Haswell");
    assertThat(NativeKernels.choice("processor\t: 0\nflags\t\t: fpu avx avx2 \n")).isEmpty();
    assertThat(NativeKernels.choice("processor\t: 0\nFeatures\t: fp asimd\n")).isEmpty();
  }

  /** In a JVM of its own that touches ND4J before anything of ours, as an executor may. */
  @Test
  void openBlasComputesWithThemWhateverTouchesNd4jFirst() throws Exception {
    Optional<String> choice =
        Files.isReadable(CPU_INFO)
            ? NativeKernels.choice(Files.readString(CPU_INFO))
            : Optional.empty();
    String found = kernelsOfOwnJvm(null);
    assertThat(found).isNotBlank();
    choice.ifPresent(chosen -> assertThat(found).isEqualTo(chosen));
    if (choice.isPresent()) { // so it can compute with older ones, too
      assertThat(kernelsOfOwnJvm("Nehalem")).isEqualTo("Nehalem");
    }
  }

  private static String kernelsOfOwnJvm(String environment) throws Exception {
    ProcessBuilder builder = OwnJvm.of(Kernels.class, Map.of(), List.of());
    builder.environment().keySet().removeIf(name -> name.startsWith("OPENBLAS_"));
    if (environment != null) {
      builder.environment().put("OPENBLAS_CORETYPE", environment);
    }
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().reduce("", (before, line) -> line);
  }

  /** Prints the kernels in use. */
  static final class Kernels {
    private Kernels() {}

    public static void main(String[] arguments) {
      Nd4j.zeros(1);
      System.out.println(NativeKernels.inUse());
    }
  }
}
