package io.centroid.compute;

import io.centroid.compute.DenseStack.Layer;
import io.centroid.compute.DenseStack.Penalty;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The update of all parameters, one run of them after the other: a run's gradient comes from native
 * memory, the update rule's loop moves the parameters on the heap, and they go to native memory,
 * while all of it is in the second-level cache.
 */
final class DenseUpdate {
  /** Parameters in a run, 256 kB of them. */
  private static final int LONGEST_RUN = 1 << 16;

  private record Run(
      int from, int to, Penalty penalty, FloatPointer parameters, FloatPointer gradient) {}

  /**
   * {@link UpdateRule.Step#move}. HotSpot does not inline what an instance's field leads to:
   * inlined here the loop gets vectors of half the width that it has by itself (JDK 17, AVX-512).
   */
  private final MethodHandle move;

  private final UpdateRule rule;
  private final FloatPointer nativeParameters;
  private final List<Run> runs = new ArrayList<>();
  private final float[] gradient;
  private float[] parameters;
  private float[][] state;

  /**
   * An update of parameters that are read from native memory.
   *
   * @param nativeParameters always what the parameters are
   * @param nativeGradient of the mean loss without penalties
   */
  DenseUpdate(DenseStack stack, FloatPointer nativeParameters, FloatPointer nativeGradient) {
    this.move = move();
    this.rule = UpdateRule.of(stack.rule());
    this.nativeParameters = nativeParameters;
    this.gradient = new float[stack.parameters()];
    for (Layer layer : stack.layers()) {
      int weightsEnd = layer.weights() + layer.weightCount();
      addRuns(layer.weights(), weightsEnd, layer.weightPenalty(), nativeGradient);
      int biasesEnd = layer.biases() + layer.out();
      addRuns(layer.biases(), biasesEnd, layer.biasPenalty(), nativeGradient);
    }
  }

  /** Goes on from the parameters and the rule's state of a training. */
  void start(TrainingState from) {
    parameters = from.parameters().clone();
    state = new float[rule.slots()][];
    for (int slot = 0; slot < state.length; slot++) {
      state[slot] = from.copyOfSlot(slot, state.length);
    }
    nativeParameters.put(parameters);
  }

  /** One step of the rule; its arguments are those of {@link UpdateRule#step}. */
  void apply(int iteration, double rateFactor, float scale) {
    UpdateRule.Step step = rule.step(iteration, rateFactor, scale);
    for (Run run : runs) {
      int count = run.to() - run.from();
      run.gradient().get(gradient, run.from(), count);
      move(step, run);
      run.parameters().put(parameters, run.from(), count);
    }
  }

  /** Hands over parameters and state: a step without another start fails. */
  TrainingState finish(int iteration) {
    TrainingState finished = new TrainingState(parameters, state, iteration);
    parameters = null;
    state = null;
    return finished;
  }

  private void move(UpdateRule.Step step, Run run) {
    try {
      move.invokeExact(step, parameters, gradient, state, run.from(), run.to(), run.penalty());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // a step declares no others
    }
  }

  private static MethodHandle move() {
    Class<?> array = float[].class;
    MethodType type =
        MethodType.methodType(
            void.class, array, array, float[][].class, int.class, int.class, Penalty.class);
    try {
      return MethodHandles.lookup().findVirtual(UpdateRule.Step.class, "move", type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Cannot find UpdateRule.Step.move", e);
    }
  }

  private void addRuns(int from, int to, Penalty penalty, FloatPointer nativeGradient) {
    for (int at = from; at < to; at += LONGEST_RUN) {
      int end = Math.min(at + LONGEST_RUN, to);
      runs.add(
          new Run(
              at, end, penalty, nativeParameters.getPointer(at), nativeGradient.getPointer(at)));
    }
  }
}
