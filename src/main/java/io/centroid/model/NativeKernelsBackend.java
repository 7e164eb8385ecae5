package io.centroid.model;

import io.centroid.error.JobException;
import org.nd4j.common.io.Resource;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Chooses OpenBLAS' kernels before ND4J loads it, whatever touches ND4J first. It is no backend:
 * ND4J makes one of each class that {@code META-INF/services} names as a backend, and only then
 * loads the libraries of the one that is there.
 */
public final class NativeKernelsBackend extends Nd4jBackend {
  /** Made by ND4J. */
  public NativeKernelsBackend() {
    try {
      NativeKernels.choose();
    } catch (JobException e) {
      // ND4J would go on with a warning. NativeThreads tries again and says what is wrong.
    }
  }

  /** Behind every real backend. */
  @Override
  public int getPriority() {
    return Integer.MIN_VALUE / 2; // ND4J compares by subtracting
  }

  @Override
  public boolean isAvailable() {
    return false;
  }

  @Override
  public boolean canRun() {
    return false;
  }

  @Override
  public boolean allowsOrder() {
    throw none();
  }

  @Override
  public Resource getConfigurationResource() {
    throw none();
  }

  @Override
  @SuppressWarnings("rawtypes") // as ND4J has it
  public Class getNDArrayClass() {
    throw none();
  }

  @Override
  public Environment getEnvironment() {
    throw none();
  }

  @Override
  public String buildInfo() {
    throw none();
  }

  @Override
  public void logBackendInit() {
    throw none();
  }

  private static UnsupportedOperationException none() {
    return new UnsupportedOperationException("no backend");
  }
}
