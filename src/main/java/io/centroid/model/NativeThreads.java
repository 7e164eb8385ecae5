package io.centroid.model;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One native thread per task slot. With more, OpenMP and BLAS sum in another order, which changes
 * the bits of the result, and the threads of neighbouring tasks compete for the same cores.
 */
public final class NativeThreads {
  private NativeThreads() {}

  /**
   * Sets ND4J's and OpenBLAS' native threads in this JVM to one.
   *
   * @throws JobException when that did not take effect
   */
  public static void useOne() {
    NativeKernels.choose();
    Nd4j.getEnvironment().setMaxThreads(1);
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    openblas.blas_set_num_threads(1);
    int nd4j = Nd4j.getEnvironment().maxMasterThreads();
    int blas = openblas.blas_get_num_threads();
    if (nd4j != 1 || blas != 1) {
      throw new JobException(
          FailureCategory.INTERNAL,
          "Cannot set native threads: found %d of ND4J and %d of OpenBLAS, expected 1. Set"
                  .formatted(nd4j, blas)
              + " OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 for driver and executors.");
    }
  }
}
