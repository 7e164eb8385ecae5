package io.centroid.compute;

import io.centroid.compute.DenseParameters.Part;
import io.centroid.compute.DenseStack.Penalty;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The update of parameters in native memory, by a rule whose state is on the heap. A part is
 * updated in runs: parameters and gradient of a run come to the heap, the rule's loop moves the
 * parameters, and they go back, all of it in the nearest caches.
 */
final class DenseUpdate {
  /** Parameters in a run, 32 kB of them, unless one column has more. */
  private static final int LONGEST_RUN = 1 << 13;

  /**
   * Columns of a part.
   *
   * @param state of the rule for them, {@code [slots][count]}
   */
  @SuppressWarnings("ArrayRecordComponent") // written in place, never compared
  private record Run(
      Part columns, FloatPointer parameters, FloatPointer gradient, float[][] state) {}

  /**
   * {@link UpdateRule.Step#move}. HotSpot does not inline what an instance's field leads to:
   * inlined here the loop gets vectors of half the width that it has by itself (JDK 17, AVX-512).
   */
  private final MethodHandle move;

  private final UpdateRule rule;
  private final DenseParameters all;
  private final List<List<Run>> runsOfPart = new ArrayList<>();
  private final float[] parameters;
  private final float[] gradient;
  private UpdateRule.Step step;

  /** An update of the parameters that a gradient is computed with. */
  DenseUpdate(DenseStack stack, DenseGradient source) {
    move = move();
    rule = UpdateRule.of(stack.rule());
    all = source.parameters();
    int longest = 0;
    for (Part part : all.parts()) {
      List<Run> runs = new ArrayList<>();
      int width = Math.max(1, LONGEST_RUN / part.rows());
      for (int column = 0; column < part.columns(); column += width) {
        Part columns = part.columns(column, Math.min(column + width, part.columns()));
        int offset = column * part.rows();
        runs.add(
            new Run(
                columns,
                all.pointer(part).getPointer(offset),
                source.pointer(part).getPointer(offset),
                new float[rule.slots()][columns.count()]));
        longest = Math.max(longest, columns.count());
      }
      runsOfPart.add(runs);
    }
    parameters = new float[longest];
    gradient = new float[longest];
  }

  /** Goes on from the parameters and the rule's state of a training. */
  void start(TrainingState from) {
    all.put(from.parameters());
    for (int slot = 0; slot < rule.slots(); slot++) {
      float[] state = from.slot(slot, rule.slots());
      for (List<Run> runs : runsOfPart) {
        for (Run run : runs) {
          run.columns().gather(state, run.state()[slot]);
        }
      }
    }
  }

  /** Begins a step of the rule; the arguments are those of {@link UpdateRule#step}. */
  void begin(int iteration, double rateFactor, float scale) {
    step = rule.step(iteration, rateFactor, scale);
  }

  /** Updates a part by its gradient. */
  void apply(Part part) {
    for (Run run : runsOfPart.get(part.index())) {
      int count = run.columns().count();
      run.gradient().get(gradient, 0, count);
      run.parameters().get(parameters, 0, count);
      move(run.state(), count, part.penalty());
      run.parameters().put(parameters, 0, count);
    }
  }

  /** The parameters and the rule's state. */
  TrainingState state(int iteration) {
    float[] allParameters = all.get();
    float[][] state = new float[rule.slots()][allParameters.length];
    for (int slot = 0; slot < state.length; slot++) {
      for (List<Run> runs : runsOfPart) {
        for (Run run : runs) {
          run.columns().scatter(run.state()[slot], state[slot]);
        }
      }
    }
    return new TrainingState(allParameters, state, iteration);
  }

  private void move(float[][] state, int count, Penalty penalty) {
    try {
      move.invokeExact(step, parameters, gradient, state, count, penalty);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // a step declares no others
    }
  }

  private static MethodHandle move() {
    Class<?> array = float[].class;
    MethodType type =
        MethodType.methodType(void.class, array, array, float[][].class, int.class, Penalty.class);
    try {
      return MethodHandles.lookup().findVirtual(UpdateRule.Step.class, "move", type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Cannot find UpdateRule.Step.move", e);
    }
  }
}
