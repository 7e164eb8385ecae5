package io.centroid.model;

import com.sun.jna.NativeLibrary;
import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The kernels that OpenBLAS multiplies matrices with, which decide speed and the last bits of a
 * result.
 *
 * <p>OpenBLAS picks them by the processor. The one that ND4J brings is of 2021: a processor that is
 * newer gets kernels for AVX2 where it has AVX-512, or, when its family is unknown, for a processor
 * of 2007. So they are chosen here, by what the processor can do: the same kernels on all with
 * AVX-512, and the same on all others with AVX2.
 */
public final class NativeKernels {
  /** OpenBLAS' own environment variable, read when the library is loaded. */
  private static final String VARIABLE = "OPENBLAS_CORETYPE";

  /** What OpenBLAS compiles its SkylakeX kernels for, by Linux' names. */
  private static final Set<String> AVX512 =
      Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

  /** What OpenBLAS compiles its Haswell kernels for. */
  private static final Set<String> AVX2 = Set.of("avx2", "fma");

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private static boolean chosen;

  private NativeKernels() {}

  /**
   * Chooses the kernels of this JVM, unless its environment does by {@code OPENBLAS_CORETYPE}. To
   * be called before anything loads ND4J; it has no effect after that.
   *
   * @throws JobException when the choice cannot be told to OpenBLAS
   */
  public static synchronized void choose() {
    if (!chosen && System.getenv(VARIABLE) == null && Files.isReadable(CPU_INFO)) {
      choice(cpuInfo()).ifPresent(NativeKernels::tell);
    }
    chosen = true;
  }

  /**
   * The kernels in use, by OpenBLAS' name for them, such as {@code Haswell} or {@code SkylakeX};
   * null where there is nothing to ask it with. Loads OpenBLAS.
   */
  public static String inUse() {
    Nd4j.getEnvironment(); // loads it
    return Loader.getLoadedLibraries().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("openblas@"))
        .map(entry -> coreName(entry.getValue()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static String coreName(String library) {
    try {
      return NativeLibrary.getInstance(library)
          .getFunction("openblas_get_corename")
          .invokeString(new Object[0], false);
    } catch (LinkageError e) { // no place for JNA's own library, say: a result is not lost for it
      return null;
    }
  }

  /** The kernels for a processor; nothing where OpenBLAS' own choice is left alone. */
  static Optional<String> choice(String cpuInfo) {
    Set<String> flags =
        cpuInfo
            .lines()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(line -> Set.copyOf(Arrays.asList(line.split("\\s+"))))
            .orElse(Set.of());
    if (flags.containsAll(AVX512)) {
      return Optional.of("SkylakeX");
    }
    return flags.containsAll(AVX2) ? Optional.of("Haswell") : Optional.empty();
  }

  private static String cpuInfo() {
    try {
      return Files.readString(CPU_INFO);
    } catch (IOException e) {
      throw new JobException(
          FailureCategory.INTERNAL, "Cannot read " + CPU_INFO + ": " + e.getMessage(), e);
    }
  }

  /** Java cannot change its own environment, but the C library can, and OpenBLAS asks that. */
  private static void tell(String kernels) {
    try {
      int status =
          NativeLibrary.getProcess()
              .getFunction("setenv")
              .invokeInt(new Object[] {VARIABLE, kernels, 1});
      if (status != 0) {
        throw new UnsatisfiedLinkError("setenv returned " + status);
      }
    } catch (LinkageError e) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot choose OpenBLAS' kernels: found %s. Set %s=%s for driver and executors."
              .formatted(e.getMessage(), VARIABLE, kernels),
          e);
    }
  }
}
